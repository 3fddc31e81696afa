package dev.capstan.interop;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.cap.Target;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.IOException;
import java.util.List;

/** A Java peer in a process of its own, so that it can die. Understands {@code --port N} and {@code --unix PATH} as the C++ one does. */
final class PeerProgram {
    /** Exit code after die(). */
    static final int DIED = 3;

    private PeerProgram() {}

    /** Starts one with the class path of this process; the caller closes it. */
    static Program start(String option, String value, Transport transport, Target.Style style) {
        return Program.start(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                PeerProgram.class.getName(),
                option,
                value,
                transport.name(),
                style.name()));
    }

    /** Serves until standard input ends, so that it does not outlive a test that was killed. */
    public static void main(String[] args) throws IOException {
        Address address = args[0].equals("--unix")
                ? new Address.Unix(args[1])
                : new Address.Tcp("127.0.0.1", Integer.parseInt(args[1]));
        ProbeServer probe = new ProbeServer(
                Target.Style.valueOf(args[3]), () -> Runtime.getRuntime().halt(DIED));
        try (NetLoop net = NetLoop.open("peer", Transport.valueOf(args[2]));
                Vat vat = Vat.on(net.loop()).serving(probe).build()) {
            Network.Listener listener = vat.listen(net.network(), address).await();
            System.out.println("READY " + listener.address());
            System.out.flush();
            while (System.in.read() >= 0) {
                // What it says does not matter.
            }
        }
    }
}
