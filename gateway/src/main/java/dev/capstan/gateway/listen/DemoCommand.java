package dev.capstan.gateway.listen;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.serve.Configuration;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.gateway.serve.Server;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The tour: a calculator, a chat and files on every wire, at one port, and the commands that call them. */
@Command(
        name = "demo",
        description = "Serve a calculator, a chat and files on every wire, at one port, and say how to call them.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port on 127.0.0.1, of TCP and UDP; 0, the default, lets the system choose.")
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

    public DemoCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, GeneralSecurityException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path folder = Files.createTempDirectory("capstan");
        Path socket = unix == null ? folder.resolve("calculator.sock") : unix;
        Configuration configuration = Configuration.of(
                new Address.Tcp("127.0.0.1", port),
                List.of(
                        new Served.Named("/calculator", "calculator"),
                        new Served.Named("/chat", "chat"),
                        new Served.Named("/files", "files")));
        try (Running running = new Running(out, err)) {
            try (NetLoop net = NetLoop.open("demo", Transport.AUTO)) {
                Server server =
                        Offers.serve(net, configuration, Clock.systemUTC(), new SecureRandom(), workingFolder, err);
                if (server == null) {
                    throw new AssertionError("what the demo serves has no schemas with problems");
                }
                String console =
                        net.loop().fetch(() -> Promise.of(server.console())).await();
                Address local = server.alsoAt(net.network(), new Address.Unix(socket.toString()))
                        .await();
                out.print(tour(server, local, console));
                out.flush();
                running.untilStopped(net, server, configuration.drain(), seconds);
            } catch (InputException e) {
                throw new AssertionError("what the demo serves reads no files", e);
            } finally {
                Files.deleteIfExists(socket);
                Files.deleteIfExists(folder);
            }
        }
        return 0;
    }

    private static String tour(Server server, Address local, String console) {
        return """
                A calculator, a chat and files are served on every wire:
                  TCP          %1$s
                  Unix socket  %2$s
                  Console      %4$s    (this link lets in once)

                What is where:
                  capnp://%1$s, capnp+ws://%1$s/capnp     Cap'n Proto; its object is the calculator and the files
                  ws://%1$s/calculator, /chat, /files         Cap'n Web over WebSockets; in batches at http://
                  wt://%1$s/calculator, /chat, /files         Cap'n Web over WebTransport; --cert-hash %3$s
                  grpc://%1$s                                 gRPC and gRPC-Web: capstan.demo.Calculator
                  http://%1$s/health, /metrics                whether it serves; what Prometheus reads

                Call it, from another terminal in this folder:
                  Java    ./capstan calculate %1$s "(3 + 4) * 6"
                          ./capstan calculate %2$s "pow(2, 10) - 1"
                  C++     examples/calculator/cpp/build.sh && examples/calculator/target/cpp/client %1$s
                  Any     ./capstan call http://%1$s/calculator 'evaluate({"expression": {"literal": 42}}).value.read'
                          ./capstan call grpc://%1$s capstan.demo.Calculator/Evaluate '"(3 + 4) * 6"'
                          ./capstan call ws://%1$s/files list
                  Node    npm install --no-save capnweb@0.12.0    # Node 22 or later for its WebSocket
                          node --input-type=module -e "import { newHttpBatchRpcSession } from 'capnweb'; console.log(await newHttpBatchRpcSession('http://%1$s/calculator').evaluate({ expression: { literal: 42 } }).value.read())"
                          node --input-type=module -e "import { newWebSocketRpcSession } from 'capnweb'; let bytes = 0; const { content } = await newWebSocketRpcSession('ws://%1$s/files').read({ name: 'numbers.bin', progress: ({ bytes, total }) => console.log(bytes, 'of', total) }); for await (const chunk of content) bytes += chunk.length; console.log(bytes); process.exit()"
                          node --input-type=module -e "import { newWebSocketRpcSession } from 'capnweb'; const files = newWebSocketRpcSession('ws://%1$s/files'); const { content } = await files.write({ name: 'zeros.bin', progress: ({ bytes }) => console.log(bytes, 'written') }); const writer = content.getWriter(); for (let i = 0; i < 40; i++) await writer.write(new Uint8Array(65536)); await writer.close(); console.log((await files.list()).entries.map(({ name, size }) => name + ' ' + size).join('; ')); process.exit()"
                  Python  python3 -c "import grpc; from google.protobuf.wrappers_pb2 import StringValue, DoubleValue; print(grpc.insecure_channel('%1$s').unary_unary('/capstan.demo.Calculator/Evaluate', StringValue.SerializeToString, DoubleValue.FromString)(StringValue(value='(3 + 4) * 6')).value)"
                  Chat    CHAT=ws://%1$s/chat examples/chat/run terminal ann

                The schemas are examples/calculator/src/main/capnp/calculator.capnp and examples/files/src/main/capnp/files.capnp; ./capstan compile makes Java of schemas.
                ./capstan serve CONFIG serves the same from a file, with TLS and limits.
                Ctrl-C ends it.
                """.formatted(
                        server.address(),
                        local,
                        server.hashes().isEmpty() ? "" : server.hashes().getFirst(),
                        console);
    }
}
