package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Request;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The object that the transcripts were recorded with, in Java. */
final class GoldenApi {
    private final Loop loop;
    private @Nullable Cap kept;

    GoldenApi(Loop loop) {
        this.loop = loop;
    }

    private Cap counter(long start) {
        long[] count = {start};
        return new Scripted(loop)
                .on("increment", args -> value(count[0] += args.isEmpty() ? 1 : (Long) args.getFirst()))
                .get("value", () -> count[0])
                .cap();
    }

    private static Map<String, @Nullable Object> object(@Nullable Object... pairs) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) Objects.requireNonNull(pairs[i]), pairs[i + 1]);
        }
        return object;
    }

    /** Calls what the peer has passed. */
    private static Answer call(Cap cap, String name, List<?> arguments) {
        Path.Names path = name.isEmpty() ? Path.Names.NONE : Path.Names.of(name);
        Request request = cap.request(new Method.Member(path, false), WebFormat.INSTANCE, 0, Hints.NONE);
        WebPayload.of(request.params()).set(Values.share(arguments));
        return request.send();
    }

    private static Promise<Scripted.Answered> result(Answer answer) {
        answer.pipeline().close();
        return answer.results()
                .convert(payload -> new Scripted.Answered(WebPayload.of(payload).take()));
    }

    private static Cap first(List<?> arguments) {
        return (Cap) Objects.requireNonNull(arguments.getFirst());
    }

    /** The promise of a call, passed on before it is there. */
    private static PromisedValue promised(Answer answer) {
        Cap cap = answer.pipeline().cap(Path.Names.NONE);
        answer.close();
        return new PromisedValue(cap);
    }

    Scripted main() {
        Scripted api = new Scripted(loop);
        return api.on("square", args -> value((Long) args.getFirst() * (Long) args.getFirst()))
                .on("echo", args -> value(Values.share(args.getFirst())))
                .on(
                        "list",
                        args -> value(LongStream.rangeClosed(1, (Long) args.getFirst())
                                .boxed()
                                .toList()))
                .on("nul", args -> value(null))
                .on("users", args -> value(List.of(object("id", 1L, "name", "ann"), object("id", 2L, "name", "bob"))))
                .on("nothing", args -> value(JsValue.UNDEFINED))
                .on("add", args -> value((Long) args.get(0) + (Long) args.get(1)))
                .on("dupEcho", args -> value(Values.share(args.getFirst())))
                .on("makeCounter", args -> value(counter((Long) Objects.requireNonNull(args.getFirst()))))
                .on(
                        "incrementCounter",
                        args -> result(call(first(args), "increment", List.of(Objects.requireNonNull(args.get(1))))))
                .on(
                        "getBundle",
                        args -> value(object(
                                "name",
                                "bundle",
                                "counter",
                                counter(10),
                                "list",
                                List.of(counter(1), 2L),
                                "fn",
                                new Scripted(loop)
                                        .function(x -> value((Long) x.getFirst() + 1))
                                        .cap())))
                .on(
                        "callMe",
                        args -> result(call(first(args), "", args.subList(1, 2)))
                                .map(got -> new Scripted.Answered(object("got", got.value()))))
                .on("pipelineBack", args -> result(call(first(args), "make", List.of())))
                .on("cbPromise", args -> value(object("p", promised(call(first(args), "later", List.of())), "n", 1L)))
                .on("keep", args -> {
                    kept = first(args).share();
                    return value(JsValue.UNDEFINED);
                })
                .on("callKept", args -> result(call(Objects.requireNonNull(kept), "", args)))
                .on("dropKept", args -> {
                    Objects.requireNonNull(kept).close();
                    kept = null;
                    return value(JsValue.UNDEFINED);
                })
                .on(
                        "slow",
                        args -> loop.timer()
                                .after(Duration.ofMillis((Long) Objects.requireNonNull(args.getFirst())))
                                .map(done -> new Scripted.Answered("slow done")))
                .on(
                        "laterCounter",
                        args -> loop.timer()
                                .after(Duration.ofMillis(20))
                                .map(done -> new Scripted.Answered(counter(100))))
                .on("self", args -> value(api.cap()))
                .on("stream", args -> value(texts((Long) Objects.requireNonNull(args.getFirst()))))
                .on("badStream", args -> value(broken()))
                .on("byteStream", args -> value(Readable.of(loop, List.of(new byte[] {1, 2}, new byte[] {3}))))
                .on("readAll", args -> all((Readable) Objects.requireNonNull(args.getFirst()), new ArrayList<>()))
                .on("writeTo", args -> {
                    Writable stream = (Writable) Objects.requireNonNull(args.getFirst());
                    return stream.write("a")
                            .then(room -> stream.write(object("b", List.of(1L))))
                            .then(room -> stream.end())
                            .map(done -> new Scripted.Answered("done"));
                })
                .on(
                        "readOne",
                        args -> ((Readable) Objects.requireNonNull(args.getFirst()))
                                .read()
                                .map(chunk -> new Scripted.Answered(chunk.take())))
                .on(
                        "spoil",
                        args -> ((Writable) Objects.requireNonNull(args.getFirst()))
                                .abort(Failure.failed("spoilt"))
                                .map(told -> new Scripted.Answered(null)))
                .on("pipe", args -> {
                    Writable.Pair pipe = Writable.pipe(loop);
                    return value(object("to", pipe.writable(), "from", pipe.readable()));
                })
                .on(
                        "counters",
                        args -> value(Readable.of(
                                loop,
                                LongStream.range(0, (Long) Objects.requireNonNull(args.getFirst()))
                                        .mapToObj(this::counter)
                                        .toList())))
                .on(
                        "readAll2",
                        args -> ((Readable) Objects.requireNonNull(args.getFirst()))
                                .bytes(100 << 20)
                                .map(bytes -> new Scripted.Answered((long) bytes.length)))
                .on("blobLen", args -> {
                    Blob blob = (Blob) Objects.requireNonNull(args.getFirst());
                    String text = new String(blob.content(), StandardCharsets.UTF_8);
                    return value(object("size", (long) blob.content().length, "type", blob.type(), "text", text));
                })
                .on("makeBlob", args -> value(new Blob("text/plain", utf8("hi blob"))))
                .on(
                        "request",
                        args -> value(new WebRequest(
                                new Url("http://x.test/p"),
                                "POST",
                                Headers.of("content-type", "text/plain;charset=UTF-8", "x-h", "1"),
                                Readable.of(loop, utf8("hello")),
                                Map.of())))
                .on(
                        "response",
                        args -> value(new WebResponse(
                                201,
                                "",
                                Headers.of("content-type", "text/plain;charset=UTF-8", "x-r", "2"),
                                Readable.of(loop, utf8("body!")),
                                Map.of())))
                .on("respNull", args -> value(WebResponse.of(204, null)))
                .on("fail", args -> Promise.failed(failure((String) Objects.requireNonNull(args.getFirst()))))
                .get("prop", () -> object("deep", object("er", 7L), "counter", counter(3)));
    }

    @SuppressWarnings("NullAway") // the annotation on the values of an error's properties is lost in its class file
    private static Failure failure(String kind) {
        return switch (kind) {
            case "plain" -> Errors.type("plain failure");
            case "props" ->
                Errors.failure(new JsError(
                        "CodedError",
                        "coded failure",
                        null,
                        object(
                                "code",
                                "E_CODE",
                                "details",
                                object(
                                        "retry",
                                        3L,
                                        "at",
                                        Instant.EPOCH,
                                        "list",
                                        List.of(1L, List.of(2L)),
                                        "big",
                                        BigInteger.valueOf(5)))));
            case "cause" ->
                Errors.failure(new JsError("Error", "outer", null, object("cause", JsError.of("RangeError", "inner"))));
            case "aggregate" ->
                Errors.failure(new JsError(
                        "AggregateError",
                        "many",
                        null,
                        object("errors", List.of(JsError.of("Error", "a"), JsError.of("TypeError", "b")))));
            case "nonerror" -> Errors.received(object("not", "an error"));
            case "string" -> Errors.received("just a string");
            default -> Failure.failed("no failure is called " + kind);
        };
    }

    private Readable texts(long count) {
        Iterable<String> chunks =
                () -> LongStream.range(0, count).mapToObj(i -> "chunk" + i).iterator();
        return Readable.of(loop, chunks);
    }

    private Readable broken() {
        Writable.Pair pipe = Writable.pipe(loop);
        Writable end = pipe.writable();
        end.write("one")
                .then(taken -> end.abort(Failure.failed("stream broke")))
                .attach(end)
                .detach(failure -> {});
        return pipe.readable();
    }

    /** What is read, the stream being there until all of it is. */
    private static Promise<Scripted.Answered> all(Readable stream, List<@Nullable Object> before) {
        return stream.read().then(chunk -> {
            if (chunk.isEnd()) {
                return value(before);
            }
            before.add(chunk.take());
            return all(stream, before);
        });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<String> sorted(List<String> lines) {
        List<String> all = new ArrayList<>(lines);
        all.sort(null);
        return all;
    }
}
