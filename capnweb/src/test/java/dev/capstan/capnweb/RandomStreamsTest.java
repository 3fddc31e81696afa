package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import dev.capstan.testkit.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Streams in both directions, over one connection or two, with everything that may happen to them in any order: each reader gets what was written, in order and nothing
 * twice, up to an end that all of it comes before, or a failure; and nothing is left of any of it. {@code -Dcapstan.web.seed=N} runs one seed.
 */
class RandomStreamsTest {
    private static final int RUNS = 400;

    @Test
    void what_is_written_is_what_is_read_whatever_happens_in_between() {
        String only = System.getProperty("capstan.web.seed");
        for (int i = 0; i < RUNS; i++) {
            long seed = only == null ? i : Long.parseLong(only);
            try {
                new Run(seed).run();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dcapstan.web.seed=" + seed, e);
            }
        }
    }

    /** One stream, from whoever writes to whoever reads. */
    private static final class Line {
        final Writable writer;
        final Readable reader;
        final List<Long> written = new ArrayList<>();
        final List<Long> read = new ArrayList<>();
        Promise.@Nullable Cancelable reading;
        boolean ended;
        boolean aborted;
        boolean canceled;
        int writesSettled;
        boolean endSettled;
        boolean sawEnd;

        @Nullable
        Failure readFailed;

        @Nullable
        Failure writeFailed;

        Line(Writable writer, Readable reader) {
            this.writer = writer;
            this.reader = reader;
        }

        boolean readerIsOver() {
            return canceled || sawEnd || readFailed != null;
        }
    }

    private static final class Run {
        final SimLoop sim = new SimLoop();
        final Random random;
        final SimNetwork network;
        final Limits limits;
        final List<WebPeer> peers = new ArrayList<>();
        final List<Line> lines = new ArrayList<>();
        final List<@Nullable Object> kept = new ArrayList<>();
        final Scripted server = new Scripted(sim.loop());
        final int hops;
        final Compat compat;
        Cap main;
        int made;
        int released;
        boolean cut;

        Run(long seed) {
            random = new Random(seed);
            network = new SimNetwork(sim, seed);
            if (random.nextBoolean()) {
                network.latency(Duration.ZERO, Duration.ofMillis(random.nextInt(30)));
            }
            limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, 50 + random.nextInt(2_000), 1 << 20, 1 << 20));
            hops = random.nextInt(2);
            compat = random.nextBoolean() ? Compat.V0_12 : Compat.CAPSTAN;
            main = server.cap();
            for (int hop = 0; hop <= hops; hop++) {
                main = connect("host " + hop, "host " + (hop + 1), main);
            }
            server.on("keep", args -> {
                kept.add(Values.share(args.getFirst()));
                return Scripted.value(JsValue.UNDEFINED);
            });
            server.on("give", args -> Scripted.value(kept.removeFirst()));
        }

        private Cap connect(String from, String to, Cap object) {
            network.host(from)
                    .onAccept(stream -> peers.add(WebPeer.over(
                            sim.loop(),
                            stream,
                            object,
                            Options.DEFAULT.withLimits(limits).withCompat(compat))));
            WebPeer peer = WebPeer.over(
                    sim.loop(),
                    network.host(to).connect(from),
                    null,
                    Options.DEFAULT.withLimits(limits).withCompat(compat));
            peers.add(peer);
            sim.poll();
            return peer.main();
        }

        private @Nullable Object call(String name, List<?> arguments) {
            Request request =
                    main.request(new Method.Member(Path.Names.of(name), false), WebFormat.INSTANCE, 0, Hints.NONE);
            WebPayload.of(request.params()).set(arguments);
            Answer answer = request.send();
            answer.pipeline().close();
            return WebPayload.of(sim.await(answer.results())).take();
        }

        private Line open() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            return switch (random.nextInt(4)) {
                case 0 -> {
                    call("keep", List.of(pipe.readable()));
                    yield new Line(pipe.writable(), (Readable) Objects.requireNonNull(kept.removeFirst()));
                }
                case 1 -> {
                    call("keep", List.of(pipe.writable()));
                    yield new Line((Writable) Objects.requireNonNull(kept.removeFirst()), pipe.readable());
                }
                case 2 -> {
                    kept.add(pipe.readable());
                    yield new Line(pipe.writable(), (Readable) Objects.requireNonNull(call("give", List.of())));
                }
                default -> {
                    kept.add(pipe.writable());
                    yield new Line((Writable) Objects.requireNonNull(call("give", List.of())), pipe.readable());
                }
            };
        }

        void run() {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                lines.add(open());
            }
            for (int step = random.nextInt(400); step > 0; step--) {
                step(lines.get(random.nextInt(count)));
            }
            lines.forEach(this::finish);
            for (int i = 0; i < 20; i++) {
                lines.forEach(this::probe);
                sim.advance(Duration.ofMillis(200));
            }
            lines.forEach(this::check);
            main.close();
            for (Line line : lines) {
                line.writer.close();
                line.reader.close();
            }
            sim.advance(Duration.ofSeconds(2));
            assertEquals(made, released, "objects that were in chunks");
            for (WebPeer peer : peers) {
                WebPeer.Tables tables = peer.tables();
                assertTrue(
                        tables.calls() == 0 && tables.imports() <= 1 && tables.exports() <= 1,
                        () -> "left over: " + tables);
                assertTrue(((Session) peer).pipes.isQuiet(), "bytes are still counted");
            }
        }

        private void step(Line line) {
            int what = random.nextInt(1000);
            if (what < 400) {
                write(line);
            } else if (what < 800) {
                read(line);
            } else if (what < 900) {
                sim.poll();
            } else if (what < 980) {
                sim.advance(Duration.ofMillis(random.nextInt(50)));
            } else if (what < 986) {
                end(line);
            } else if (what < 990 && !line.ended && !line.aborted) {
                line.aborted = true;
                line.writer.abort(Failure.failed("aborted")).listen(sim.loop(), (told, failure) -> {});
            } else if (what < 994) {
                stopReading(line);
            } else if (what < 996 && line.reading != null) {
                // What was on its way to this read may be lost with it, so nothing is promised of this stream any more.
                stopReading(line);
            } else if (what == 999) {
                cut = true;
                peers.get(random.nextInt(peers.size())).close();
            }
        }

        private void stopReading(Line line) {
            if (!line.readerIsOver()) {
                line.canceled = true;
                line.reader.cancel(Failure.failed("canceled"));
            }
        }

        private final class Counted implements Target {
            @Override
            public Promise<Void> handle(Context context) {
                return Promise.done();
            }

            @Override
            public void released() {
                released++;
            }
        }

        private void write(Line line) {
            if (line.ended || line.aborted) {
                return;
            }
            long number = line.written.size();
            line.written.add(number);
            Object chunk = number;
            if (random.nextInt(5) == 0) {
                made++;
                chunk = List.of(number, new LocalCap(sim.loop(), new Counted()));
            }
            line.writer.write(chunk).listen(sim.loop(), (room, failure) -> {
                if (failure == null) {
                    line.writesSettled++;
                } else {
                    line.writeFailed = Failure.of(failure);
                }
            });
        }

        private void read(Line line) {
            if (line.reading != null || line.readerIsOver()) {
                return;
            }
            line.reading = line.reader.read().listen(sim.loop(), (chunk, failure) -> {
                line.reading = null;
                if (chunk == null) {
                    line.readFailed = Failure.of(Objects.requireNonNull(failure));
                } else if (chunk.isEnd()) {
                    line.sawEnd = true;
                } else {
                    try (chunk) {
                        Object value = chunk.value() instanceof List<?> list ? list.getFirst() : chunk.value();
                        line.read.add((Long) Objects.requireNonNull(value));
                    }
                }
            });
        }

        private void end(Line line) {
            if (!line.ended && !line.aborted) {
                line.ended = true;
                line.writer.end().listen(sim.loop(), (told, failure) -> {
                    if (failure == null) {
                        line.endSettled = true;
                    } else {
                        line.writeFailed = Failure.of(failure);
                    }
                });
            }
        }

        private void finish(Line line) {
            if (!line.canceled) {
                end(line);
            }
            for (int i = 0; i <= line.written.size() + 1; i++) {
                read(line);
                sim.advance(Duration.ofMillis(200));
            }
        }

        /** A writer whose reader has gone is told when it writes. */
        private void probe(Line line) {
            if (line.canceled && line.writeFailed == null) {
                write(line);
            }
        }

        private void check(Line line) {
            assertEquals(line.written.subList(0, line.read.size()), line.read);
            if (line.sawEnd) {
                assertEquals(line.written, line.read);
                assertTrue(line.ended && !line.aborted, "an end that nobody wrote");
            }
            if (!line.canceled) {
                assertTrue(line.sawEnd || line.readFailed != null, "the reader still waits");
            }
            if (line.canceled && !line.ended && !line.aborted) {
                assertTrue(line.writeFailed != null, "nobody told the writer");
            }
            if (!line.canceled && !line.aborted && !cut) {
                assertTrue(line.sawEnd, () -> "no end: " + line.readFailed);
                assertEquals(line.written.size(), line.writesSettled);
                assertTrue(line.endSettled, () -> "the writer was not told of the end: " + line.writeFailed);
            }
            if (line.aborted && !line.canceled && !cut) {
                assertEquals("aborted", Objects.requireNonNull(line.readFailed).reason());
            }
        }
    }
}
