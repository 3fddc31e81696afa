package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.io.Console;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/** What all commands that call a server do alike: they connect, work and leave, and what goes wrong becomes an exit code. */
public final class Session {
    private final Path workingFolder;
    private final InputStream in;
    private final PrintWriter out;
    private final PrintWriter err;

    public Session(Path workingFolder, InputStream in, PrintStream out, PrintStream err) {
        this.workingFolder = workingFolder;
        this.in = in;
        this.out = new PrintWriter(new Plain(new PrintWriter(out, false, out.charset())), false);
        this.err = new PrintWriter(err, true, err.charset());
    }

    /** Whatever servers send: nothing of it moves a terminal. */
    private static final class Plain extends FilterWriter {
        Plain(Writer out) {
            super(out);
        }

        @Override
        public void write(int c) throws IOException {
            out.write(Text.plainLines(Character.toString((char) c)));
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            out.write(Text.plainLines(new String(text, offset, length)));
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            out.write(Text.plainLines(text.substring(offset, offset + length)));
        }
    }

    /** What a command does with a server. */
    interface Work {
        void with(Remote remote) throws InputException;
    }

    Path workingFolder() {
        return workingFolder;
    }

    InputStream in() {
        return in;
    }

    public PrintWriter out() {
        return out;
    }

    public PrintWriter err() {
        return err;
    }

    /** Prints a line, and at once: others read it while more is to come. */
    void say(String line) {
        out.println(line);
        out.flush();
    }

    public Dial.Desk desk() {
        return new Dial.Desk(workingFolder, err, this::say, () -> new Texts(in));
    }

    /** JSON texts: typed ones for {@code @}, those of a file for {@code @FILE}, else the text itself. */
    Iterator<String> texts(String argument) throws InputException {
        if (!argument.startsWith("@")) {
            return java.util.List.of(argument).iterator();
        }
        if (argument.equals("@")) {
            return new Texts(in);
        }
        Path file = workingFolder.resolve(argument.substring(1));
        try {
            return new Texts(new java.io.ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new InputException("-d: " + InputException.unreadable(file, e) + ".");
        }
    }

    /** A URL that was typed. */
    public static WireUrl url(String text) {
        try {
            return WireUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** Whether somebody types and looks. */
    boolean isTerminal() {
        return in == System.in && hasTerminal();
    }

    /** Whether this process was started on a terminal. */
    @SuppressWarnings("SystemConsoleNull") // its type says that it may be null
    static boolean hasTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** The exit code. */
    int with(Dial dial, String url, Work work) {
        WireUrl to = url(url);
        try (NetLoop net = NetLoop.open("capstan", Transport.AUTO);
                Remote remote = dial.open(net, to, dial.patience(net.loop()), desk())) {
            work.with(remote);
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
        return 0;
    }
}
