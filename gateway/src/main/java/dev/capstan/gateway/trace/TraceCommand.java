package dev.capstan.gateway.trace;

import dev.capstan.async.Loop;
import dev.capstan.gateway.frames.Decoding;
import dev.capstan.gateway.frames.Direction;
import dev.capstan.gateway.frames.Frame;
import dev.capstan.gateway.frames.FrameDecoder;
import dev.capstan.gateway.frames.Relay;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stands between clients and a server, and shows what they say. */
@Command(
        name = "trace",
        description = "Stand between clients and a server, and show every frame of any wire as it passes.",
        footer = {
            "",
            "What is spoken is told by the client's first bytes: Cap'n Proto, HTTP/1.1 with batches and WebSockets of Cap'n Web, HTTP/2 with gRPC. Not a byte is changed.",
            "A line has the time in seconds, the connection, the direction, the wire and the kind of frame, its id, what it is about, the method, how it ended, capabilities, content and size.",
            "",
            "Example: ./capstan trace ws://127.0.0.1:8080/",
            "         ./capstan trace --listen capnp://127.0.0.1:4001 --to capnp://127.0.0.1:4000 --schema calculator.capnp"
        },
        mixinStandardHelpOptions = true)
public final class TraceCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description =
                    "The server, as --to; then clients connect, without --listen, at a port of this machine that is told.")
    private @Nullable String server;

    @Mixin
    private RelayOptions relay = new RelayOptions();

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Option(
            names = "--reflection",
            description = "Ask the gRPC server by reflection what its messages hold, before the first client comes.")
    private boolean reflection;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public TraceCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        if (server != null) {
            relay.lookAt(server);
        }
        Decoding decoding = frames.decoding(workingFolder, err);
        CountDownLatch stop = new CountDownLatch(1);
        LineQueue lines = new LineQueue(spec.commandLine().getOut(), frames::missing, stop::countDown);
        try {
            relay.run(workingFolder, stop, (net, server) -> {
                Decoding known = reflection
                        ? decoding.with(Reflected.services(net, server, relay.tls(), workingFolder))
                        : decoding;
                return new Decoders(net.loop(), known, frame -> {
                    if (frames.shows(frame)) {
                        lines.put(frame.text().length(), () -> frames.line(frame));
                    }
                });
            });
            lines.finish();
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        }
        return 0;
    }

    /** A decoder for each session. */
    private static final class Decoders implements Relay.Observer {
        private final Loop loop;
        private final Decoding decoding;
        private final Consumer<Frame> sink;
        private final long began;
        private final Map<Integer, FrameDecoder> sessions = new HashMap<>();
        private final Map<Integer, Direction> ended = new HashMap<>();

        Decoders(Loop loop, Decoding decoding, Consumer<Frame> sink) {
            this.loop = loop;
            this.decoding = decoding;
            this.sink = sink;
            this.began = loop.timer().nanoTime();
        }

        private long micros() {
            return (loop.timer().nanoTime() - began) / 1_000;
        }

        private FrameDecoder decoder(int session) {
            return sessions.computeIfAbsent(session, number -> new FrameDecoder(decoding, number, sink));
        }

        @Override
        public void opened(int session) {
            // The first frame tells.
        }

        @Override
        public void passed(int session, Direction direction, byte[] array, int offset, int length) {
            decoder(session).received(micros(), direction, array, offset, length);
        }

        @Override
        public void ended(int session, Direction direction, String reason) {
            decoder(session).ended(micros(), direction, reason);
            if (ended.put(session, direction) != null) {
                sessions.remove(session);
                ended.remove(session);
            }
        }

        @Override
        public void unreachable(int session, Throwable cause) {
            // The command has told it.
        }
    }
}
