package dev.capstan.capnweb;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.il.Budget;
import dev.capstan.capnweb.il.Programs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What strangers may send, for the fuzzer: each method does with some bytes what a session, a server or a program would do, and throws an {@link AssertionError} if it ends otherwise than the documentation
 * says. Stateless.
 */
public final class Strangers {
    /** So much that a short input cannot make a large output. */
    private static final Limits LIMITS =
            Limits.DEFAULT.withMaps(new Limits.Maps(100, 50, 4, 2_000)).withTransport(Limits.Transport.DEFAULT);

    private static final Budget BUDGET = Budget.DEFAULT
            .withSteps(5_000)
            .withRounds(500)
            .withCalls(100)
            .withBytes(256 << 10)
            .withDigits(500);

    private static final int LONGEST_LIST = 100;
    private static final int OK = 200;
    private static final List<Integer> STATUSES = List.of(OK, 400, 413);

    private Strangers() {}

    // ---- JSON

    /** Parses JSON; what is wrong has a place. */
    public static long json(byte[] input) {
        try {
            return Tree.size(Json.parse(input, 0, input.length, LIMITS));
        } catch (WebException e) {
            if (e.offset() > input.length) {
                throw new AssertionError("an error outside of the text", e);
            }
            return 1;
        }
    }

    /** What was parsed is the same when it was written as a value and read again. */
    public static long jsonAgain(byte[] input) {
        Object tree;
        try {
            tree = Tree.plain(Json.parse(input, 0, input.length, LIMITS));
        } catch (WebException e) {
            return 1;
        }
        return again(kept(tree), input.length);
    }

    /** Without members that every object has in JavaScript: they are no part of a value that is read. */
    private static @Nullable Object kept(@Nullable Object tree) {
        return switch (tree) {
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(kept(element)));
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, value) -> {
                    if (!Tree.isBlocked((String) name)) {
                        copy.put((String) name, kept(value));
                    }
                });
                yield copy;
            }
            case null, default -> tree;
        };
    }

    // ---- expressions

    /** Decodes an expression in a session that knows every id. */
    public static long expression(byte[] input) {
        try {
            FakeSession session = new FakeSession();
            Object value = new Decoder(LIMITS, session).value(Json.parse(input, 0, input.length, LIMITS));
            return Values.weight(value) / 16;
        } catch (WebException e) {
            if (e.fault().isEmpty()) {
                throw new AssertionError("an error without a text", e);
            }
            return 1;
        }
    }

    /** What was decoded is written, read and written in one way. */
    public static long expressionAgain(byte[] input) {
        Object value;
        try {
            value = decoded(input);
        } catch (WebException e) {
            return 1;
        }
        return again(value, input.length);
    }

    private static @Nullable Object decoded(byte[] json) {
        return new Decoder(LIMITS, new Unsendable()).value(Json.parse(json, 0, json.length, LIMITS));
    }

    private static byte[] encoded(@Nullable Object value) {
        JsonWriter out = new JsonWriter(64);
        new Encoder(out, LIMITS, new Unsendable(), Compat.V0_12).value(value);
        return out.toByteArray();
    }

    private static long again(@Nullable Object value, int length) {
        byte[] once;
        try {
            once = encoded(value);
        } catch (WebException e) {
            if (length < LIMITS.depth()) {
                throw new AssertionError("what was read cannot be written", e);
            }
            // Arrays are escaped, which takes a level more.
            return 1;
        }
        byte[] twice;
        try {
            twice = encoded(decoded(once));
        } catch (WebException e) {
            throw new AssertionError("what was written cannot be read: " + text(once), e);
        }
        if (!text(once).equals(text(twice))) {
            throw new AssertionError(
                    "it is something else when it is read again: " + text(once) + " and " + text(twice));
        }
        return once.length / 8;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    // ---- sessions

    /** An object with a bit of everything, whose release is told. */
    private static final class Api implements Target {
        private final WebTarget methods;
        private int alive = 1;

        Api(SimLoop sim) {
            methods = WebTarget.empty()
                    .method("echo", args -> args.isEmpty() ? JsValue.UNDEFINED : kept(args.getFirst()))
                    .method("square", args -> number(args) * number(args))
                    .method(
                            "list",
                            args -> LongStream.range(0, Math.min(number(args), LONGEST_LIST))
                                    .boxed()
                                    .toList())
                    .method(
                            "soon",
                            args -> sim.loop()
                                    .timer()
                                    .after(Duration.ofMillis(1))
                                    .map(rung -> "soon"))
                    .method("object", args -> {
                        alive++;
                        return new LocalCap(sim.loop(), this);
                    })
                    .property("version", () -> List.of(1L, "two"));
        }

        private static long number(List<?> args) {
            if (!args.isEmpty() && args.getFirst() instanceof Long n) {
                return n;
            }
            throw Failure.failed("a whole number is needed");
        }

        private static @Nullable Object kept(@Nullable Object tree) {
            return StubValues.replaced(tree, leaf -> leaf instanceof Stub stub ? stub.dup() : leaf, false, 0);
        }

        @Override
        public Promise<Void> handle(Context context) throws Exception {
            return methods.handle(context);
        }

        @Override
        public void released() {
            alive--;
        }

        void assertReleased() {
            if (alive != 0) {
                throw new AssertionError(alive + " references are left");
            }
        }
    }

    /** The other end of a session, which writes its lines itself. */
    private static final class Client implements MessageStream.Receiver {
        private final List<String> heard = new ArrayList<>();
        private final SimLoop sim = new SimLoop();
        private final Api api = new Api(sim);
        private final MessageStream stream;
        private final WebPeer server;

        Client() {
            MessagePipe pipe = new MessagePipe(sim.loop());
            stream = pipe.left();
            stream.start(this);
            server = WebPeer.over(
                    sim.loop(), pipe.right(), new LocalCap(sim.loop(), api), Options.DEFAULT.withLimits(LIMITS));
        }

        void say(byte[] line) {
            stream.send(ByteBuffer.wrap(line));
            sim.poll();
        }

        void say(String line) {
            say(line.getBytes(StandardCharsets.UTF_8));
        }

        /** Everything is over, and nothing is left. */
        void end() {
            sim.advance(Duration.ofSeconds(60));
            server.close();
            sim.poll();
            sim.advance(Duration.ofSeconds(60));
            if (!server.tables().equals(new WebPeer.Tables(0, 0, 0))) {
                throw new AssertionError("left: " + server.tables());
            }
            api.assertReleased();
        }

        @Override
        public void received(byte[] array, int offset, int length, boolean lent) {
            heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void ended() {
            heard.add("end");
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed");
        }
    }

    /** The input is the list of instructions of a map over three elements, with one capture: it is answered, or ends the session with a reason. */
    public static long map(byte[] input) {
        Client client = new Client();
        client.say("[\"push\",[\"pipeline\",0,[\"list\"],[3]]]");
        byte[] head = "[\"push\",[\"remap\",1,[],[[\"import\",0]],".getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[head.length + input.length + 2];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(input, 0, line, head.length, input.length);
        line[line.length - 2] = ']';
        line[line.length - 1] = ']';
        client.say(line);
        client.say("[\"pull\",2]");
        client.sim.advance(Duration.ofSeconds(1));
        boolean answered = client.heard.stream()
                .anyMatch(each -> each.startsWith("[\"resolve\",2,")
                        || each.startsWith("[\"reject\",2,")
                        || each.startsWith("[\"abort\","));
        if (!answered) {
            throw new AssertionError("no answer, but " + client.heard);
        }
        client.end();
        return client.heard.size();
    }

    /** The input is the body of an HTTP batch: there is an answer, and it is no fault of ours. */
    public static long batch(byte[] input) {
        SimLoop sim = new SimLoop();
        Api api = new Api(sim);
        BatchAnswer.Reply reply = sim.await(
                BatchAnswer.to(input, sim.loop(), new LocalCap(sim.loop(), api), Options.DEFAULT.withLimits(LIMITS)));
        if (!STATUSES.contains(reply.status())) {
            throw new AssertionError(reply.status() + " " + text(reply.body()));
        }
        sim.poll();
        sim.advance(Duration.ofSeconds(60));
        api.assertReleased();
        return reply.body().length / 8;
    }

    // ---- programs

    /** The input is an IL program in JSON: it ends, with a value or with a failure that says what is wrong. */
    public static long program(byte[] input) {
        Object code;
        try {
            code = Tree.plain(Json.parse(input, 0, input.length, LIMITS));
        } catch (WebException e) {
            return 1;
        }
        SimLoop sim = new SimLoop();
        Api api = new Api(sim);
        Cap main = Programs.answeredBy(sim.loop(), new LocalCap(sim.loop(), api), BUDGET);
        try (Stub stub = Stub.of(sim.loop(), main);
                Stub result = stub.call(Programs.RUN, code, List.of(stub, List.of(1L, "two")))) {
            Values.close(Values.owned(sim.await(result.value())));
        } catch (Failure e) {
            Throwable cause = e.getCause();
            if (e.reason().isEmpty() || (cause != null && !(cause instanceof WebException))) {
                throw new AssertionError("a failure that nobody wrote: " + e, e);
            }
        }
        sim.advance(Duration.ofSeconds(1));
        api.assertReleased();
        return 1;
    }
}
