package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.options.ExitException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Talks to a server, statement by statement. */
@Command(
        name = "repl",
        description = "Call a server step by step: variables hold its objects, calls on results go ahead of them.",
        footer = {
            "",
            "Example:",
            "  capstan> n = getNode().node",
            "  n: Node",
            "    [1 call, nothing waited for]",
            "  capstan> n.getNext().node.depth()",
            "  {\"value\":2}",
            "    [2 calls, 1 round trip]",
            "",
            "Statements may also come from a pipe; the exit code is 3 then if one of them fails."
        },
        mixinStandardHelpOptions = true)
public final class ReplCommand implements Callable<Integer> {
    private static final String PROMPT = "capstan> ";

    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in capnp://host:port.")
    private String url = "";

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public ReplCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return session.with(dial, url, remote -> {
            remote.check();
            try (Repl repl = new Repl(remote, session::say)) {
                if (session.isTerminal()) {
                    talk(repl);
                    return;
                }
                read(repl);
                if (repl.failures() > 0) {
                    throw new ExitException(
                            ExitException.REMOTE_FAILURE, repl.failures() + " of the statements failed.");
                }
            }
        });
    }

    private void read(Repl repl) {
        BufferedReader lines = new BufferedReader(new InputStreamReader(session.in(), StandardCharsets.UTF_8));
        try {
            for (String line = lines.readLine(); line != null && repl.run(line); line = lines.readLine()) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void talk(Repl repl) {
        // Nothing in a line is an escape, or a quote that swallows what stands behind it.
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(null);
        parser.setQuoteChars(new char[0]);
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .parser(parser)
                    .completer(new Members(repl))
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            while (repl.run(reader.readLine(PROMPT))) {}
        } catch (UserInterruptException | EndOfFileException e) {
            // Ctrl-C and Ctrl-D take leave.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Members(Repl repl) implements Completer {
        @Override
        public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
            String typed = line.line().substring(0, line.cursor());
            String word = line.word().substring(0, line.wordCursor());
            for (String each : repl.completions(typed)) {
                String rest = each.substring(typed.length());
                candidates.add(new Candidate(word + rest, each, null, null, null, null, false));
            }
        }
    }
}
