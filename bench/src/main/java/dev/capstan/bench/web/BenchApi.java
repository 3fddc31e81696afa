package dev.capstan.bench.web;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Blob;
import dev.capstan.capnweb.Headers;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.capnweb.Url;
import dev.capstan.capnweb.WebRequest;
import dev.capstan.capnweb.WebResponse;
import dev.capstan.capnweb.Writable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What {@code api.mjs} offers, method for method, and a stream of bytes to measure. */
final class BenchApi extends JsObject {
    private final Loop loop;
    private @Nullable Cap kept;

    BenchApi(Loop loop) {
        this.loop = loop;
    }

    Cap cap() {
        return cap(loop);
    }

    /** The class Counter. */
    private static final class Counter extends JsObject {
        private long count;

        Counter(long start) {
            count = start;
        }

        @Override
        Promise<Result> call(String name, List<?> arguments) {
            if (!name.equals("increment")) {
                return unknown(name);
            }
            count += arguments.isEmpty() ? 1 : integer(arguments, 0);
            return value(count);
        }

        @Override
        @Nullable
        Object get(String name) {
            return name.equals("value") ? (Object) count : JsValue.UNDEFINED;
        }
    }

    /** The function x => x + 1. */
    private static final class Increment extends JsObject {
        @Override
        Promise<Result> call(String name, List<?> arguments) {
            return name.isEmpty() ? value(integer(arguments, 0) + 1) : unknown(name);
        }
    }

    private static Object argument(List<?> arguments, int index) {
        return Objects.requireNonNull(arguments.get(index), "an argument is missing");
    }

    private static long integer(List<?> arguments, int index) {
        return ((Number) argument(arguments, index)).longValue();
    }

    private Cap counter(long start) {
        return new Counter(start).cap(loop);
    }

    @Override
    Promise<Result> call(String name, List<?> arguments) {
        return switch (name) {
            case "square" -> value(square(argument(arguments, 0)));
            case "echo", "dupEcho" -> value(arguments.isEmpty() ? JsValue.UNDEFINED : shared(arguments.getFirst()));
            case "nothing" -> value(JsValue.UNDEFINED);
            case "add" -> value(integer(arguments, 0) + integer(arguments, 1));
            case "makeCounter" -> value(counter(arguments.isEmpty() ? 0 : integer(arguments, 0)));
            case "incrementCounter" ->
                callBack(argument(arguments, 0), "increment", arguments.subList(1, arguments.size()));
            case "getBundle" ->
                value(object(
                        "name",
                        "bundle",
                        "counter",
                        counter(10),
                        "list",
                        List.of(counter(1), 2L),
                        "fn",
                        new Increment().cap(loop)));
            case "list" -> value(list(integer(arguments, 0)));
            case "users" -> value(List.of(Map.of("id", 1L, "name", "ann"), Map.of("id", 2L, "name", "bob")));
            case "nul", "mapRet" -> value(null);
            case "callMe" ->
                callBack(argument(arguments, 0), "", arguments.subList(1, 2))
                        .map(got -> new Result(object("got", got.value())));
            case "keep" -> keep(((Cap) argument(arguments, 0)).share());
            case "callKept" -> callBack(Objects.requireNonNull(kept, "nothing is kept"), "", arguments);
            case "dropKept" -> keep(null);
            case "fail" -> Promise.failed(Failure.failed("plain failure"));
            case "types" -> value(types());
            case "request" ->
                value(new WebRequest(
                        new Url("http://x.test/p"),
                        "POST",
                        Headers.of("content-type", "text/plain;charset=UTF-8", "x-h", "1"),
                        Readable.of(loop, utf8("hello")),
                        Map.of()));
            case "response" ->
                value(new WebResponse(
                        201,
                        "",
                        Headers.of("content-type", "text/plain;charset=UTF-8", "x-r", "2"),
                        Readable.of(loop, utf8("body!")),
                        Map.of()));
            case "respNull" -> value(WebResponse.of(204, null));
            case "stream" ->
                value(Readable.of(
                        loop,
                        () -> LongStream.range(0, integer(arguments, 0))
                                .<Object>mapToObj(i -> "chunk" + i)
                                .iterator()));
            case "badStream" -> value(badStream());
            case "download" ->
                value(Readable.of(
                        loop, Collections.nCopies((int) integer(arguments, 0), new byte[(int) integer(arguments, 1)])));
            case "byteStream" -> value(Readable.of(loop, List.of(new byte[] {1, 2}, new byte[] {3})));
            case "readAll" -> readAll((Readable) argument(arguments, 0), new ArrayList<>());
            case "readAll2" -> readLength((Readable) argument(arguments, 0), 0);
            case "writeTo" -> writeTo((Writable) argument(arguments, 0));
            case "blobLen" -> value(described((Blob) argument(arguments, 0)));
            case "makeBlob" -> value(new Blob("text/plain", utf8("hi blob")));
            case "slow" ->
                loop.timer().after(Duration.ofMillis(integer(arguments, 0))).map(done -> new Result("slow done"));
            case "laterCounter" -> loop.timer().after(Duration.ofMillis(20)).map(done -> new Result(counter(100)));
            case "cbPromise" ->
                callBack(argument(arguments, 0), "later", List.of())
                        .map(later -> new Result(object("p", later.value(), "n", 1L)));
            case "pipelineBack" -> callBack(argument(arguments, 0), "make", List.of());
            case "self" -> value(cap());
            default -> unknown(name);
        };
    }

    private Readable badStream() {
        Writable.Pair pipe = Writable.pipe(loop);
        Writable end = pipe.writable();
        end.write("one")
                .then(taken -> end.abort(Failure.failed("stream broke")))
                .attach(end)
                .detach(failure -> {});
        return pipe.readable();
    }

    private static Promise<Result> readAll(Readable stream, List<@Nullable Object> before) {
        return stream.read().then(chunk -> {
            if (chunk.isEnd()) {
                return value(before);
            }
            before.add(chunk.take());
            return readAll(stream, before);
        });
    }

    private static Promise<Result> readLength(Readable stream, long before) {
        return stream.read().then(chunk -> {
            if (chunk.isEnd()) {
                return value(before);
            }
            Object content = chunk.take();
            return readLength(
                    stream,
                    before
                            + (content instanceof byte[] bytes
                                    ? bytes.length
                                    : String.valueOf(content).length()));
        });
    }

    private static Promise<Result> writeTo(Writable stream) {
        return stream.write("a")
                .then(room -> stream.write(object("b", List.of(1L))))
                .then(room -> stream.end())
                .map(done -> new Result("done"));
    }

    private static Object described(Blob blob) {
        return object(
                "size",
                (long) blob.content().length,
                "type",
                blob.type(),
                "text",
                new String(blob.content(), StandardCharsets.UTF_8));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Object square(Object number) {
        return number instanceof Long integer && Math.abs(integer) < 1 << 26
                ? (Object) (integer * integer)
                : (Object) (((Number) number).doubleValue() * ((Number) number).doubleValue());
    }

    private static List<Object> list(long count) {
        List<Object> list = new ArrayList<>();
        for (long i = 1; i <= count; i++) {
            list.add(i);
        }
        return list;
    }

    private Promise<Result> keep(@Nullable Cap callback) {
        Cap before = kept;
        kept = callback;
        if (before != null) {
            before.close();
        }
        return value(JsValue.UNDEFINED);
    }

    private static Object types() {
        return object(
                "date",
                Instant.ofEpochMilli(1_749_342_170_815L),
                "bad",
                JsValue.INVALID_DATE,
                "big",
                new BigInteger("12345678901234567890"),
                "neg",
                BigInteger.valueOf(-5),
                "bytes",
                new byte[] {1, 2, 3, (byte) 250},
                "empty",
                new byte[0],
                "u16",
                new TypedBytes(TypedBytes.Kind.UINT16, new byte[] {1, 0, 2, 1}),
                "ab",
                new TypedBytes(TypedBytes.Kind.ARRAY_BUFFER, new byte[] {9, 8}),
                "undef",
                JsValue.UNDEFINED,
                "nul",
                null,
                "inf",
                Double.POSITIVE_INFINITY,
                "ninf",
                Double.NEGATIVE_INFINITY,
                "nan",
                Double.NaN,
                "nzero",
                0L,
                "int",
                9_007_199_254_740_992L,
                "dbl",
                0.1,
                "arr",
                List.of(1L, List.of("x", List.of()), Map.of()),
                "str",
                "é\u2028😀\"\\\n",
                "url",
                new Url("https://example.com/a%20b?q=1"),
                "headers",
                new Headers(List.of(new Headers.Field("content-type", "text/plain"), new Headers.Field("x-a", "b"))));
    }

    @Override
    @Nullable
    Object get(String name) {
        return name.equals("prop") ? object("deep", object("er", 7L), "counter", counter(3)) : JsValue.UNDEFINED;
    }

    @Override
    public void released() {
        Cap held = kept;
        kept = null;
        if (held != null) {
            held.close();
        }
    }
}
