package dev.capstan.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Request;
import dev.capstan.cap.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a connection of every wire keeps, whatever carries it: how it ends, that nothing is lost before it does, large messages, many calls, cancelling, and limits. What single references
 * keep is in {@link CapContract}.
 *
 * <p>A wire proves itself by a subclass that connects two ends on one loop, which the test's own thread drives. The end that serves has the limits {@link #MOST_CALLS} and {@link
 * #MOST_BYTES}; the other has its defaults.
 */
public abstract class WireContract {
    /** How many calls of its peer the serving end takes at a time. */
    protected static final int MOST_CALLS = 6_000;

    /** How large the messages may be that the serving end takes; a multiple of eight. */
    protected static final int MOST_BYTES = 4 << 20;

    private static final int ECHO = 0;
    private static final int NEVER = 1;
    private static final int KEEP = 2;

    private @Nullable Ends ends;
    private final List<String> heard = new ArrayList<>();
    private final List<Long> echoed = new ArrayList<>();
    private final List<Completer<Boolean>> running = new ArrayList<>();

    /** For a subclass without state of its own. */
    protected WireContract() {}

    /**
     * Two ends that are connected.
     *
     * @param main the caller's reference to the object that is served, which the contract closes
     * @param caller ends the session at the caller's side
     * @param server ends it at the other
     * @param callerOver settles when the caller's end is over, in whatever way
     * @param serverOver the same of the other
     */
    public record Ends(Cap main, Runnable caller, Runnable server, Promise<?> callerOver, Promise<?> serverOver) {}

    /** The loop on which both ends live; nobody else drives it. */
    protected abstract Loop loop();

    /** Connects two ends, of which one serves {@code target}. Called once. */
    protected abstract Ends connect(Target target);

    /** The network loses the connection. */
    protected abstract void cut();

    /** What the tables of both ends hold, other than the references to what is served. */
    protected abstract List<String> leftovers();

    /** Closes what {@link #connect} opened, after both ends are over. */
    protected abstract void close();

    /** The wire's payloads. */
    protected abstract Format format();

    /** The method with this number. */
    protected abstract Method method(int number);

    /** Fills an empty payload. Takes ownership of {@code caps}. */
    protected abstract void write(Payload into, long number, String text, List<Cap> caps);

    /** The number in a payload. */
    protected abstract long number(Payload from);

    /** The text in a payload. */
    protected abstract String text(Payload from);

    /** Where the first capability lies in a payload. */
    protected abstract Path path();

    // ---- tools

    private final class Served implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            Payload params = context.params();
            if (context.method().equals(method(ECHO))) {
                long number = number(params);
                String text = text(params);
                echoed.add(number);
                write(context.results(0), number, text, List.of());
                return Promise.done();
            }
            context.allowCancellation();
            Cap kept = context.method().equals(method(KEEP)) ? params.cap(path()) : null;
            Completer<Boolean> done = new Completer<>(loop());
            done.onCancel(() -> heard.add("cancelled"));
            running.add(done);
            return done.promise()
                    .<Void>then(x -> {
                        write(context.results(0), 0, "done", List.of());
                        return Promise.done();
                    })
                    .attach(() -> {
                        if (kept != null) {
                            kept.close();
                        }
                    });
        }

        @Override
        public void released() {
            heard.add("released");
        }
    }

    private final class Passed implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            return Promise.done();
        }

        @Override
        public void released() {
            heard.add("argument released");
        }
    }

    private Ends ends() {
        Ends known = ends;
        if (known == null) {
            known = connect(new Served());
            ends = known;
        }
        return known;
    }

    private Promise<Payload> call(int method, long number, String text, Cap... caps) {
        Request request = ends().main().request(method(method), format(), 0, Hints.NONE);
        write(request.params(), number, text, List.of(caps));
        Answer answer = request.send();
        answer.pipeline().close();
        return answer.results();
    }

    private Promise<String> echo(long number, String text) {
        return call(ECHO, number, text).map(results -> {
            try (results) {
                return number(results) + text(results);
            }
        });
    }

    private <T> T await(Promise<T> promise) {
        return loop().await(loop().timer().timeout(Duration.ofMinutes(1), promise));
    }

    private Failure failure(Promise<?> promise) {
        return Failure.of(assertThrows(Exception.class, () -> await(promise)));
    }

    private void until(String what, BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertTrue(i < 3_000, () -> "waited in vain for " + what + "; heard " + heard + ", left " + leftovers());
            loop().poll();
            await(loop().timer().after(Duration.ofMillis(1)).map(x -> true));
        }
    }

    @AfterEach
    void nothing_is_left() {
        Ends known = ends();
        known.main().close();
        known.caller().run();
        until("the end", () -> heard.contains("released"));
        known.server().run();
        until("empty tables", () -> leftovers().isEmpty());
        assertEquals(1, heard.stream().filter("released"::equals).count());
        close();
    }

    // ---- disconnect

    @Test
    void a_cut_fails_the_calls_that_wait_and_those_that_are_made_later() {
        Promise<Payload> waiting = call(NEVER, 0, "").eager();
        until("the call", () -> running.size() == 1);
        cut();
        assertEquals(Failure.Kind.DISCONNECTED, failure(waiting).kind());
        assertEquals(Failure.Kind.DISCONNECTED, failure(echo(1, "x")).kind());
        until("the callee to hear of it", () -> heard.contains("cancelled"));
    }

    @Test
    void a_cut_releases_the_objects_of_both_sides() {
        Promise<Payload> waiting =
                call(KEEP, 0, "", new LocalCap(loop(), new Passed())).eager();
        until("the call", () -> running.size() == 1);
        assertTrue(!heard.contains("argument released"), heard::toString);
        cut();
        until("both", () -> heard.contains("argument released") && heard.contains("released"));
        assertEquals(Failure.Kind.DISCONNECTED, failure(waiting).kind());
    }

    @Test
    void a_cut_is_told_at_both_ends() {
        assertEquals("1x", await(echo(1, "x")));
        cut();
        await(ends().callerOver().map(x -> true).recover(cause -> Promise.of(true)));
        await(ends().serverOver().map(x -> true).recover(cause -> Promise.of(true)));
    }

    @Test
    void the_end_of_one_side_is_heard_at_the_other() {
        Promise<Payload> waiting = call(NEVER, 0, "").eager();
        until("the call", () -> running.size() == 1);
        ends().server().run();
        assertEquals(Failure.Kind.DISCONNECTED, failure(waiting).kind());
        await(ends().callerOver().map(x -> true).recover(cause -> Promise.of(true)));
    }

    // ---- drain

    @Test
    void what_was_answered_before_the_end_arrives() {
        List<Promise<Payload>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(call(NEVER, i, "").eager());
        }
        until("the calls", () -> running.size() == 100);
        running.forEach(each -> each.complete(true));
        Promise<Payload> last = calls.removeLast();
        assertEquals("done", text(await(last)));
        ends().server().run();
        for (Promise<Payload> each : calls) {
            try (Payload results = await(each)) {
                assertEquals("done", text(results));
            }
        }
        await(ends().callerOver().map(x -> true).recover(cause -> Promise.of(true)));
    }

    @Test
    void a_caller_that_leaves_cancels_what_runs() {
        Promise<Payload> waiting = call(NEVER, 0, "").eager();
        until("the call", () -> running.size() == 1);
        ends().caller().run();
        assertEquals(Failure.Kind.DISCONNECTED, failure(waiting).kind());
        until("the callee to hear of it", () -> heard.contains("cancelled"));
        await(ends().serverOver().map(x -> true).recover(cause -> Promise.of(true)));
    }

    // ---- large

    @Test
    void a_large_message_arrives_whole_both_ways() {
        String text = "0123456789abcdef".repeat((1 << 20) / 16);
        assertEquals("7" + text, await(echo(7, text)));
    }

    @Test
    void large_and_small_messages_keep_their_order() {
        String text = "x".repeat(100_000);
        List<Promise<String>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(echo(i, i % 3 == 0 ? text : "").eager());
        }
        for (int i = 0; i < 60; i++) {
            assertEquals(i + (i % 3 == 0 ? text : ""), await(all.get(i)));
        }
        assertEquals(LongStream.range(0, 60).boxed().toList(), echoed);
    }

    // ---- many

    @Test
    void thousands_of_calls_may_wait_at_a_time() {
        List<Promise<String>> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(echo(i, "many").eager());
        }
        for (int i = 0; i < all.size(); i++) {
            assertEquals(i + "many", await(all.get(i)));
        }
        until("empty tables", () -> leftovers().isEmpty());
    }

    // ---- cancel

    @Test
    void a_call_that_is_cancelled_stops_and_the_others_go_on() {
        Promise<Payload> stays = call(NEVER, 0, "").eager();
        until("the call", () -> running.size() == 1);
        Promise.Cancelable goes = call(NEVER, 1, "").listen(loop(), (results, failure) -> heard.add("settled"));
        until("the other call", () -> running.size() == 2);
        goes.cancel();
        until("the callee to hear of it", () -> heard.contains("cancelled"));
        running.getFirst().complete(true);
        try (Payload results = await(stays)) {
            assertEquals("done", text(results));
        }
        assertEquals(List.of("cancelled"), heard);
        until("empty tables", () -> leftovers().isEmpty());
    }

    @Test
    void what_was_passed_to_a_call_that_is_cancelled_is_released() {
        Promise.Cancelable goes =
                call(KEEP, 0, "", new LocalCap(loop(), new Passed())).listen(loop(), (results, failure) -> {});
        until("the call", () -> running.size() == 1);
        goes.cancel();
        until("the release", () -> heard.contains("argument released"));
        until("empty tables", () -> leftovers().isEmpty());
    }

    // ---- limits

    @Test
    void calls_beyond_the_limit_are_refused_alone_until_there_is_room() {
        // What asks for the object that is served may be a call as well.
        assertEquals("0x", await(echo(0, "x")));
        List<Promise.Cancelable> all = new ArrayList<>();
        for (int i = 0; i < MOST_CALLS; i++) {
            all.add(call(NEVER, i, "").listen(loop(), (results, failure) -> {}));
        }
        until("the calls", () -> running.size() == MOST_CALLS);
        assertEquals(Failure.Kind.OVERLOADED, failure(echo(1, "x")).kind());
        all.removeLast().cancel();
        until("room", () -> heard.contains("cancelled"));
        assertEquals("2x", await(echo(2, "x")));
        all.forEach(Promise.Cancelable::cancel);
        until("empty tables", () -> leftovers().isEmpty());
    }

    @Test
    void a_message_beyond_the_limit_fails_its_call_with_a_failure() {
        assertInstanceOf(Failure.class, failure(echo(1, "x".repeat(MOST_BYTES + 1))));
        until("empty tables", () -> leftovers().isEmpty());
    }
}
