package dev.capstan.gateway.trace;

import dev.capstan.async.Loop;
import dev.capstan.gateway.frames.Capture;
import dev.capstan.gateway.frames.Direction;
import dev.capstan.gateway.frames.Limits;
import dev.capstan.gateway.frames.Relay;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Stands between clients and a server, and writes down what they say. */
@Command(
        name = "record",
        description = "Stand between clients and a server, and write every byte of any wire into a capture.",
        footer = {
            "",
            "The file can be read at any time, also after Ctrl-C; ./capstan replay shows it. It holds whatever was said, passwords too, so only its owner may read it.",
            "",
            "Example: ./capstan record --listen ws://127.0.0.1:8081 --to ws://127.0.0.1:8080 chat.capture"
        },
        mixinStandardHelpOptions = true)
public final class RecordCommand implements Callable<Integer> {
    private final Path workingFolder;

    @Mixin
    private RelayOptions relay = new RelayOptions();

    @Parameters(paramLabel = "FILE", description = "The capture; there must be no such file yet.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    public RecordCommand(Path workingFolder) {
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        AtomicReference<@Nullable IOException> problem = new AtomicReference<>();
        try (Capture.Writer capture = open()) {
            relay.run(
                    workingFolder,
                    stop,
                    (net, server) -> new Writing(net.loop(), capture, e -> {
                        problem.compareAndSet(null, e);
                        stop.countDown();
                    }));
        } catch (FileAlreadyExistsException e) {
            throw new ExitException(
                    ExitException.USAGE, "there is a file " + file + " already: name another one, or remove it.");
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            problem.compareAndSet(null, e);
        }
        IOException failure = problem.get();
        if (failure != null) {
            throw new ExitException(
                    ExitException.REMOTE_FAILURE,
                    "the capture " + file + " cannot be written: " + failure.getMessage());
        }
        return 0;
    }

    private Capture.Writer open() throws IOException {
        Path path = workingFolder.resolve(file).toAbsolutePath();
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mine = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return new Capture.Writer(
                Channels.newOutputStream(Files.newByteChannel(
                        path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), mine)),
                Limits.DEFAULT);
    }

    /** Told that the file cannot be written. */
    private interface Problem {
        void happened(IOException problem);
    }

    private static final class Writing implements Relay.Observer {
        private final Loop loop;
        private final Capture.Writer capture;
        private final Problem problem;
        private final long began;
        private boolean isOver;

        Writing(Loop loop, Capture.Writer capture, Problem problem) {
            this.loop = loop;
            this.capture = capture;
            this.problem = problem;
            this.began = loop.timer().nanoTime();
        }

        private interface Writer {
            void write(long micros) throws IOException;
        }

        private void write(Writer work) {
            if (isOver) {
                return;
            }
            try {
                work.write((loop.timer().nanoTime() - began) / 1_000);
            } catch (IOException e) {
                isOver = true;
                problem.happened(e);
            }
        }

        @Override
        public void opened(int session) {
            // What it says first tells.
        }

        @Override
        public void passed(int session, Direction direction, byte[] array, int offset, int length) {
            write(micros -> capture.bytes(micros, session, direction, array, offset, length));
        }

        @Override
        public void ended(int session, Direction direction, String reason) {
            write(micros -> capture.end(micros, session, direction, reason));
        }

        @Override
        public void unreachable(int session, Throwable cause) {
            // There was no connection to write down.
        }
    }
}
