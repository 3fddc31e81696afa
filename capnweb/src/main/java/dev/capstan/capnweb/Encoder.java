package dev.capstan.capnweb;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as expressions, character for character what the TypeScript implementation writes.
 *
 * <p>A value that cannot be sent is a {@link WebException} that tells its path and class, and leaves nothing in the text. Integers beyond
 * 2^53 are written with all their digits; JavaScript rounds them when it reads.
 */
final class Encoder {
    private final JsonWriter out;
    private final Limits limits;
    private final Outgoing outgoing;
    private final Compat compat;

    private int start;
    /** How many errors the value stands in. What the session names is not sent with an error: it would have to be taken back with it. */
    private int errors;
    /** How deep what the session names just now lies. */
    private int outside;

    Encoder(JsonWriter out, Limits limits, Outgoing outgoing, Compat compat) {
        this.out = out;
        this.limits = limits;
        this.outgoing = outgoing;
        this.compat = compat;
    }

    /** Writes one value. */
    void value(@Nullable Object value) {
        start = out.size();
        errors = 0;
        try {
            value(value, 0);
            checkSize();
        } catch (WebException e) {
            out.truncate(start);
            throw e;
        }
    }

    /** Writes a value in the place of what the session was to name. */
    void within(@Nullable Object value) {
        value(value, outside + 1);
    }

    /** Writes a tree of JSON as it is. */
    void tree(List<?> tree) {
        start = out.size();
        plain(Tree.plain(tree), -limits.brackets() + limits.depth());
    }

    private void value(@Nullable Object value, int depth) {
        if (depth >= limits.depth()) {
            throw WebException.of(
                    "the value nests deeper than the limit of " + limits.depth() + ": does it hold itself?");
        }
        checkSize();
        switch (value) {
            case null -> out.raw("null");
            case String text -> out.string(text);
            case Boolean truth -> out.raw(truth ? "true" : "false");
            case Long n -> out.number(n.longValue());
            case Integer n -> out.number(n.longValue());
            case Double n -> number(n);
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            case byte[] bytes -> out.raw("[\"bytes\",").base64(bytes).raw(']');
            case JsValue special -> out.raw(special == JsValue.UNDEFINED ? "[\"undefined\"]" : "[\"date\",null]");
            case Cap cap -> {
                refuseInErrors("a capability");
                outside = depth;
                outgoing.stub(out, cap);
            }
            case Deferred promise -> {
                refuseInErrors("a promise");
                outside = depth;
                outgoing.deferred(out, promise);
            }
            case Readable stream -> {
                refuseInErrors("a stream");
                outgoing.readable(out, stream);
            }
            case Writable stream -> {
                refuseInErrors("a stream");
                outgoing.writable(out, stream);
            }
            case Blob blob -> {
                refuseInErrors("a blob, whose content is a stream,");
                outgoing.blob(out, blob);
            }
            default -> rare(value, depth);
        }
    }

    private void rare(Object value, int depth) {
        switch (value) {
            case Short n -> out.number(n.longValue());
            case Byte n -> out.number(n.longValue());
            case Float n -> number(n);
            case BigInteger n -> bigInt(n);
            case Instant date -> {
                out.raw("[\"date\",");
                Scalars.write(date, out);
                out.raw(']');
            }
            case TypedBytes typed -> typed(typed);
            case Url url -> {
                if (!compat.urls()) {
                    throw WebException.of("the peer may be too old for URLs: send the text");
                }
                out.raw("[\"url\",").string(url.href()).raw(']');
            }
            case Headers headers -> {
                out.raw("[\"headers\",");
                WebTypes.write(headers, out);
                out.raw(']');
            }
            case WebRequest request -> WebTypes.write(request, this, out, depth);
            case WebResponse response -> WebTypes.write(response, this, out, depth);
            case JsError error -> error(outgoing.told(error, null), depth);
            case ToldErrors.Told told -> error(told.error(), depth);
            case Failure failure -> failure(failure, depth);
            case Throwable thrown -> error(outgoing.told(JsError.of(thrown), thrown), depth);
            default -> throw unknown(value);
        }
    }

    /** What a peer has thrown need not be an error. */
    private void failure(Failure failure, int depth) {
        Object thrown = Errors.value(failure);
        if (thrown instanceof JsError error) {
            error(outgoing.told(error, failure), depth);
        } else {
            value(thrown, depth);
        }
    }

    private static WebException unknown(Object value) {
        return WebException.of("a " + value.getClass().getName()
                + " cannot be sent: make a map of it, or a target that can be called");
    }

    private void checkSize() {
        if (out.size() - start > limits.messageBytes()) {
            throw WebException.of("the value has more than the limit of " + limits.messageBytes()
                    + " bytes as text: send it in pieces, or as a stream");
        }
    }

    private void refuseInErrors(String what) {
        if (errors > 0) {
            throw WebException.of(what + " cannot be sent with an error");
        }
    }

    private void number(double n) {
        if (Double.isFinite(n)) {
            out.number(n);
        } else {
            out.raw(Double.isNaN(n) ? "[\"nan\"]" : n > 0 ? "[\"inf\"]" : "[\"-inf\"]");
        }
    }

    private void bigInt(BigInteger n) {
        // A peer of the same limits counts the sign, whatever its documentation says. Ten bits are more than three
        // digits, so what is
        // far beyond the limit is not converted at all.
        String digits = n.bitLength() / 10L * 3 > limits.bigIntDigits() ? null : n.toString();
        if (digits == null || digits.length() > limits.bigIntDigits()) {
            throw WebException.of("a bigint of " + n.bitLength() + " bits has more than the limit of "
                    + limits.bigIntDigits() + " digits, its sign counted");
        }
        out.raw("[\"bigint\",\"").raw(digits).raw("\"]");
    }

    private void typed(TypedBytes typed) {
        if (!compat.kindsOfBytes()) {
            throw WebException.of(
                    "the peer may be too old to tell " + typed.kind().marker() + " from plain bytes: send a byte[]");
        }
        out.raw("[\"bytes\",")
                .base64(typed.bytes())
                .raw(",\"")
                .raw(typed.kind().marker())
                .raw("\"]");
    }

    private void object(Map<?, ?> map, int depth) {
        char before = '{';
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (!(member.getKey() instanceof String name)) {
                throw WebException.of("the members of an object have texts as names, not " + member.getKey());
            }
            out.raw(before).string(name).raw(':');
            member(name, member.getValue(), depth);
            before = ',';
        }
        out.raw(before == '{' ? "{}" : "}");
    }

    void member(String name, @Nullable Object value, int depth) {
        try {
            value(value, depth + 1);
        } catch (WebException e) {
            throw e.in(name);
        }
    }

    void operand(int index, @Nullable Object value, int depth) {
        try {
            value(value, depth + 1);
        } catch (WebException e) {
            throw e.in(index);
        }
    }

    private void array(List<?> list, int depth) {
        out.raw("[[");
        int index = 0;
        for (Object element : list) {
            if (index > 0) {
                out.raw(',');
            }
            operand(index++, element, depth);
        }
        out.raw("]]");
    }

    /** The properties that cannot be sent are left out; if the message gets too large with them, all are. */
    private void error(JsError error, int depth) {
        out.raw("[\"error\",").string(error.name()).raw(',').string(error.message());
        int bare = out.size();
        errors++;
        boolean any;
        try {
            any = props(error, depth);
        } catch (WebException e) {
            if (errors > 1) {
                throw e;
            }
            any = false;
        } finally {
            errors--;
        }
        if (!any) {
            out.truncate(bare);
            if (error.stack() != null) {
                out.raw(',').string(error.stack());
            }
        }
        out.raw(']');
    }

    private boolean props(JsError error, int depth) {
        if (error.props().isEmpty()) {
            return false;
        }
        out.raw(',');
        if (error.stack() == null) {
            out.raw("null");
        } else {
            out.string(error.stack());
        }
        out.raw(',');
        boolean any = false;
        for (Map.Entry<String, @Nullable Object> prop : error.props().entrySet()) {
            if (!Tree.isOfErrors(prop.getKey())) {
                any |= prop(any ? ',' : '{', prop.getKey(), prop.getValue(), depth);
            }
        }
        out.raw('}');
        return any;
    }

    private boolean prop(char before, String name, @Nullable Object value, int depth) {
        int mark = out.size();
        try {
            out.raw(before).string(name).raw(':');
            value(value, depth + 1);
            return true;
        } catch (WebException e) {
            // Not where the room was used up, or everything would be tried in all its places.
            checkSize();
            out.truncate(mark);
            return false;
        }
    }

    /** Writes plain JSON, in which arrays stand for themselves. */
    void plain(String name, @Nullable Object value) {
        try {
            plain(value, 0);
        } catch (WebException e) {
            throw e.in(name);
        }
    }

    private void plain(@Nullable Object value, int depth) {
        switch (value) {
            case Map<?, ?> map
            when depth < limits.depth() -> {
                char before = '{';
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    out.raw(before).string(String.valueOf(member.getKey())).raw(':');
                    plain(member.getValue(), depth + 1);
                    before = ',';
                }
                out.raw(before == '{' ? "{}" : "}");
            }
            case List<?> list
            when depth < limits.depth() -> {
                char before = '[';
                for (Object element : list) {
                    out.raw(before);
                    plain(element, depth + 1);
                    before = ',';
                }
                out.raw(before == '[' ? "[]" : "]");
            }
            case null -> out.raw("null");
            case String text -> out.string(text);
            case Boolean truth -> out.raw(truth.toString());
            case Long n -> out.number(n.longValue());
            case Integer n -> out.number(n.longValue());
            case Double n when Double.isFinite(n) -> out.number(n.doubleValue());
            default ->
                throw WebException.of(
                        "this member holds plain JSON: no " + value.getClass().getName());
        }
        checkSize();
    }
}
