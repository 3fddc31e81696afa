package dev.capstan.gateway;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.examples.calculator.CalculatorServer;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a calculator to whoever speaks Cap'n Proto, and says how to call it. */
@Command(
        name = "demo",
        description = "Serve a calculator over Cap'n Proto, until interrupted.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "N",
            description = "TCP port on 127.0.0.1; 0, the default, lets the system choose.")
    private int port;

    @Option(
            names = "--unix",
            paramLabel = "PATH",
            description = "Unix socket; by default one in a new temporary folder.")
    private @Nullable Path unix;

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after so many seconds.")
    private long seconds = Long.MAX_VALUE;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path folder = Files.createTempDirectory("capstan");
        Path socket = unix == null ? folder.resolve("calculator.sock") : unix;
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch tidy = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            stop.countDown();
            awaitTidy(tidy);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try (NetLoop net = NetLoop.open("demo", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).serving(new CalculatorServer()).build();
                Network.Listener tcp = vat.listen(net.network(), new Address.Tcp("127.0.0.1", port))
                        .await();
                Network.Listener local = vat.listen(net.network(), new Address.Unix(socket.toString()))
                        .await()) {
            out.printf("""
                    A calculator is listening, and speaks Cap'n Proto RPC:
                      TCP          %1$s
                      Unix socket  %2$s

                    Call it, from another terminal in this folder:
                      Java  ./capstan calculate %1$s "(3 + 4) * 6"
                            ./capstan calculate %2$s "pow(2, 10) - 1"
                      C++   examples/calculator/cpp/build.sh && examples/calculator/target/cpp/client %1$s

                    Its schema is examples/calculator/src/main/capnp/calculator.capnp; ./capstan compile makes Java of schemas.
                    Ctrl-C ends it.
                    """, tcp.address(), local.address());
            out.flush();
            if (!stop.await(seconds, TimeUnit.SECONDS)) {
                out.println("Stopping after " + seconds + " s, as asked.");
            }
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(folder);
            tidy.countDown();
        }
        return 0;
    }

    /** The process ends when its shutdown hooks do. */
    private static void awaitTidy(CountDownLatch tidy) {
        try {
            if (!tidy.await(5, TimeUnit.SECONDS)) {
                System.err.println("The demo did not end within 5 s; its socket may be left behind.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
