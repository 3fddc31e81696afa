package dev.capstan.gateway.dial;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Blob;
import dev.capstan.capnweb.JsError;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.TypedBytes;
import dev.capstan.capnweb.Url;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values of Cap'n Web as JSON. What JSON has no word for is an object with one member: {@code {"$bigint": "9007199254740993"}}, {@code {"$bytes": "AQID"}}, {@code {"$number": "NaN"}}, {@code
 * {"$date": "2026-01-31T12:00:00Z"}}, {@code {"$undefined": true}}. Integers beyond 2^53 - 1 may be written as they are. A member of a real object that begins with {@code $} gets another one.
 *
 * <p>In results there are {@code $object} (something that can be called), {@code $readable}, {@code $writable}, {@code $error} and {@code $blob} besides, in arguments {@code {"$readable": "@"}} for what is typed, {@code
 * {"$writable": "-"}} and {@code {"$callback": "-"}} for what prints what it is given.
 */
final class WebJson {
    private static final BigInteger SAFE = BigInteger.TWO.pow(53).subtract(BigInteger.ONE);

    private final Loop loop;
    private final Consumer<String> said;
    /** Makes the end of a stream that is read here, and sees to it that somebody writes it. */
    private final Supplier<Readable> typed;

    WebJson(Loop loop, Consumer<String> said, Supplier<Readable> typed) {
        this.loop = loop;
        this.said = said;
        this.typed = typed;
    }

    // ---- arguments

    /** An argument, of a tree as {@link Literal} reads it. */
    @Nullable
    Object argument(@Nullable Object tree) throws InputException {
        return switch (tree) {
            case null -> null;
            case BigDecimal number -> number(number);
            case Literal.Name(String name) -> word(name);
            case WebRef ref -> ref.stub();
            case Ref ref -> argument(ref.value());
            case List<?> list -> {
                List<@Nullable Object> made = new ArrayList<>();
                for (Object each : list) {
                    made.add(argument(each));
                }
                yield made;
            }
            case Map<?, ?> map -> object(map);
            default -> tree;
        };
    }

    private static Object number(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        if (plain.scale() > 0 || plain.scale() < -400) {
            return number.doubleValue();
        }
        BigInteger whole = plain.toBigInteger();
        if (whole.abs().compareTo(SAFE) <= 0) {
            return whole.longValueExact();
        }
        // What was written with a fraction or an exponent was not meant as an exact integer.
        return number.scale() == 0 ? whole : (Object) number.doubleValue();
    }

    private static Object word(String name) throws InputException {
        return switch (name) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            case "undefined" -> JsValue.UNDEFINED;
            default -> throw new InputException("'" + name + "' is no value: write strings with quotes.");
        };
    }

    private @Nullable Object object(Map<?, ?> map) throws InputException {
        if (map.size() == 1) {
            Map.Entry<?, ?> only = map.entrySet().iterator().next();
            String name = String.valueOf(only.getKey());
            if (name.startsWith("$") && !name.startsWith("$$")) {
                return special(name, String.valueOf(only.getValue()));
            }
        }
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        for (Map.Entry<?, ?> each : map.entrySet()) {
            String name = String.valueOf(each.getKey());
            made.put(name.startsWith("$$") ? name.substring(1) : name, argument(each.getValue()));
        }
        return made;
    }

    private Object special(String name, String text) throws InputException {
        try {
            return switch (name) {
                case "$bigint" -> new BigInteger(text);
                case "$bytes" -> Base64.getDecoder().decode(text);
                case "$number" -> word(text);
                case "$date" -> Instant.parse(text);
                case "$undefined" -> JsValue.UNDEFINED;
                case "$url" -> new Url(text);
                case "$readable" -> readable(text);
                case "$writable" -> Writable.of(loop, new Printer());
                case "$callback" ->
                    WebTarget.empty().function(arguments -> {
                        said.accept(Literal.json(tree(arguments)));
                        return JsValue.UNDEFINED;
                    });
                default ->
                    throw new InputException("'" + name
                            + "' is no special value. There are $bigint, $bytes, $number, $date, $undefined, $url, $readable, $writable and $callback; write $"
                            + name
                            + " for a member that is called so.");
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new InputException("{\"" + name + "\": \"" + text + "\"}: " + e.getMessage());
        }
    }

    private Readable readable(String text) throws InputException {
        if (text.equals("@")) {
            return typed.get();
        }
        throw new InputException("{\"$readable\": \"@\"} is a stream of the JSON that is typed; there is no other.");
    }

    private final class Printer implements Writable.Sink {
        @Override
        public Promise<Void> write(Readable.Chunk chunk) {
            said.accept(Literal.json(tree(chunk.value())));
            return Promise.done();
        }

        @Override
        public Promise<Void> end() {
            return Promise.done();
        }

        @Override
        public void abort(Failure reason) {
            // The call that was given the stream tells it.
        }
    }

    // ---- results

    /** A tree of what JSON has, of a value that is borrowed. */
    static @Nullable Object tree(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double number
            when !Double.isFinite(number) ->
                Map.of("$number", number.isNaN() ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
            case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 -> number.longValue();
            case BigInteger number -> Map.of("$bigint", number.toString());
            case byte[] bytes -> Map.of("$bytes", Base64.getEncoder().encodeToString(bytes));
            case TypedBytes typed ->
                Map.of("$" + typed.kind().marker(), Base64.getEncoder().encodeToString(typed.bytes()));
            case Instant date -> Map.of("$date", date.toString());
            case JsValue special ->
                special == JsValue.UNDEFINED ? Map.of("$undefined", true) : Map.of("$date", "invalid");
            case Url(String href) -> Map.of("$url", href);
            case Blob blob -> Map.of("$blob", Base64.getEncoder().encodeToString(blob.content()));
            case JsError error -> Map.of("$error", error(error));
            case Readable stream -> Map.of("$readable", "stream");
            case Writable stream -> Map.of("$writable", "stream");
            case Stub stub -> Map.of(CapnpJson.OBJECT, "stub");
            case List<?> list -> {
                List<@Nullable Object> made = new ArrayList<>();
                list.forEach(each -> made.add(tree(each)));
                yield made;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> made = new LinkedHashMap<>();
                map.forEach((name, each) ->
                        made.put(String.valueOf(name).startsWith("$") ? "$" + name : String.valueOf(name), tree(each)));
                yield made;
            }
            case String text -> text;
            case Number number -> number;
            case Boolean truth -> truth;
            default -> Map.of("$" + value.getClass().getSimpleName(), value.toString());
        };
    }

    private static Map<String, @Nullable Object> error(JsError error) {
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        made.put("name", error.name());
        made.put("message", error.message());
        error.props().forEach((name, each) -> made.put(name, tree(each)));
        return made;
    }
}
