package dev.capstan.gateway.trace;

import dev.capstan.gateway.frames.Capture;
import dev.capstan.gateway.frames.Decoding;
import dev.capstan.gateway.frames.Direction;
import dev.capstan.gateway.frames.Frame;
import dev.capstan.gateway.frames.FrameDecoder;
import dev.capstan.gateway.frames.Limits;
import dev.capstan.gateway.frames.Playback;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.TlsOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a capture, or says again what its clients said. */
@Command(
        name = "replay",
        description = "Show a capture, or play its clients' side against a server and compare what that says.",
        footer = {
            "",
            "Played, the clients' bytes are sent again unchanged, each when the server has said as much as it had said then. Compared are the server's messages, by structure: their kinds, ids, targets, methods, kinds of failures, statuses and capabilities, and their order. What they hold, when they come and how large they are is not compared.",
            "What was recorded over a connection with other secrets or another server's random numbers may be refused.",
            "",
            "Exit code 3 says that there were differences, 4 that the server took too long."
        },
        mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Parameters(paramLabel = "FILE", description = "The capture, as ./capstan record has written it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(names = "--to", paramLabel = "URL", description = "The server to play it against.")
    private @Nullable String to;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long the server may take for each step; by default ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private double timeout;

    @Mixin
    private FrameOptions frames = new FrameOptions();

    @Mixin
    private TlsOption tls = new TlsOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public ReplayCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (!(timeout > 0 && timeout < 1e6)) {
            throw new ParameterException(spec.commandLine(), "--timeout: give a positive number of seconds");
        }
        WireUrl server = to == null ? null : RelayOptions.url(spec, "--to", to);
        Decoding decoding = frames.decoding(workingFolder, err);
        try (Capture.Reader capture = new Capture.Reader(
                new BufferedInputStream(Files.newInputStream(workingFolder.resolve(file))), Limits.DEFAULT)) {
            int status = server == null ? show(capture, decoding) : play(capture, decoding, server);
            if (capture.isCut()) {
                err.println("capstan: the capture ends inside a record, as it does when its writer is killed.");
            }
            return status;
        } catch (NoSuchFileException e) {
            throw new ExitException(ExitException.USAGE, "there is no file " + file + ".");
        } catch (IOException e) {
            throw new ExitException(ExitException.USAGE, file + ": " + e.getMessage());
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private int show(Capture.Reader capture, Decoding decoding) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Consumer<Frame> lines = frame -> {
            if (frames.shows(frame)) {
                out.println(frames.line(frame));
            }
        };
        Map<Integer, FrameDecoder> sessions = new HashMap<>();
        Map<Integer, Direction> ended = new HashMap<>();
        Capture.Entry entry;
        while ((entry = capture.next()) != null) {
            if (sessions.size() >= decoding.limits().streams() && !sessions.containsKey(entry.session())) {
                throw new IOException("the capture has more than "
                        + decoding.limits().streams() + " connections at once, which is the most that are shown");
            }
            FrameDecoder decoder =
                    sessions.computeIfAbsent(entry.session(), session -> new FrameDecoder(decoding, session, lines));
            if (entry.kind().isBytes()) {
                decoder.received(entry.micros(), entry.kind().direction(), entry.content(), 0, entry.content().length);
            } else {
                decoder.ended(entry.micros(), entry.kind().direction(), entry.reason());
                if (ended.put(entry.session(), entry.kind().direction()) != null) {
                    sessions.remove(entry.session());
                    ended.remove(entry.session());
                }
            }
        }
        return 0;
    }

    private int play(Capture.Reader capture, Decoding decoding, WireUrl server) throws IOException, InputException {
        List<Playback.Outcome> outcomes;
        try (NetLoop net = NetLoop.open("replay", Transport.AUTO);
                Playback playback = new Playback(
                        net.loop(),
                        RelayOptions.servers(net, server, tls, workingFolder),
                        server.address(),
                        decoding,
                        Duration.ofMillis((long) (timeout * 1_000)))) {
            outcomes = playback.play(capture);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new ExitException(ExitException.UNREACHABLE, String.valueOf(cause.getMessage()));
            }
            throw e;
        }
        PrintWriter out = spec.commandLine().getOut();
        for (Playback.Outcome each : outcomes) {
            out.println(frames.json() ? json(each) : text(each));
        }
        boolean isLate = outcomes.stream().anyMatch(Playback.Outcome::isLate);
        boolean differs = outcomes.stream().anyMatch(each -> !each.differences().isEmpty());
        return isLate ? ExitException.DEADLINE : differs ? ExitException.REMOTE_FAILURE : 0;
    }

    private static String text(Playback.Outcome outcome) {
        String head =
                "#" + outcome.session() + " " + outcome.frames() + " messages of the server compared by structure: "
                        + (outcome.differences().isEmpty()
                                ? "the same"
                                : outcome.differences().size() + " differences")
                        + (outcome.isLate() ? "; the server took too long, the rest was not played" : "");
        return head + outcome.differences().stream().map(each -> "\n  " + each).collect(Collectors.joining());
    }

    private static String json(Playback.Outcome outcome) {
        return "{\"session\":" + outcome.session() + ",\"frames\":" + outcome.frames() + ",\"late\":"
                + outcome.isLate() + ",\"differences\":["
                + outcome.differences().stream().map(Text::json).collect(Collectors.joining(","))
                + "]}";
    }
}
