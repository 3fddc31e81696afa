package dev.capstan.capnweb;

import dev.capstan.async.Address;
import dev.capstan.async.ByteStream;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The contract of connections, over a simulated network and over sockets. */
final class WireContractTest {
    @Nested
    final class Simulated extends WebWire {
        private final SimLoop sim = new SimLoop();
        private @Nullable SimStream wire;

        @Override
        protected Loop loop() {
            return sim.loop();
        }

        @Override
        protected Ends connect(Target target) {
            SimNetwork network = new SimNetwork(sim, 1);
            List<WebPeer> accepted = new ArrayList<>();
            network.host("server")
                    .onAccept(stream -> accepted.add(
                            WebPeer.over(sim.loop(), stream, new LocalCap(sim.loop(), target), serving())));
            SimStream stream = network.host("client").connect("server");
            wire = stream;
            WebPeer caller = WebPeer.over(sim.loop(), stream, null, Options.DEFAULT);
            sim.poll();
            return ends(caller, accepted.getFirst());
        }

        @Override
        protected void cut() {
            Objects.requireNonNull(wire).disconnect(new IOException("cut"));
        }

        @Override
        protected void close() {}
    }

    @Nested
    final class Sockets extends WebWire {
        private final NetLoop net = NetLoop.onThisThread(Transport.AUTO);
        private final List<ByteStream> streams = new ArrayList<>();

        @Override
        protected Loop loop() {
            return net.loop();
        }

        @Override
        protected Ends connect(Target target) {
            List<WebPeer> accepted = new ArrayList<>();
            Network.Listener listener = net.loop()
                    .await(net.network().listen(new Address.Tcp("127.0.0.1", 0), stream -> {
                        streams.add(stream);
                        accepted.add(WebPeer.over(
                                net.loop(), new Lined(stream), new LocalCap(net.loop(), target), serving()));
                    }));
            Promise<ByteStream> connecting = net.network().connect(listener.address());
            ByteStream stream = net.loop().await(connecting);
            streams.add(stream);
            WebPeer caller = WebPeer.over(net.loop(), new Lined(stream), null, Options.DEFAULT);
            while (accepted.isEmpty()) {
                net.loop().await(net.loop().timer().after(Duration.ofMillis(1)));
            }
            listener.close();
            return ends(caller, accepted.getFirst());
        }

        @Override
        protected void cut() {
            streams.forEach(stream -> stream.abort(new IOException("cut")));
        }

        @Override
        protected void close() {
            net.close();
        }
    }
}
