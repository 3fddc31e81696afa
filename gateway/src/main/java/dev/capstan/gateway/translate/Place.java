package dev.capstan.gateway.translate;

import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.ListSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnweb.JsError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in the arguments or results of a call a translation is, and what it has cost so far. Belongs to one translation. */
public final class Place {
    private static final int WORD_BYTES = 8;

    private final Limits limits;
    private final String method;
    private final List<Object> steps = new ArrayList<>();
    private int values;
    private long bytes;
    private int depth;

    /** At the root of what {@code method} takes or gives. */
    public Place(Limits limits, String method) {
        this.limits = limits;
        this.method = method;
    }

    /** One step further: to the member with that name, or the element with that index. */
    public void enter(Object step) {
        steps.add(step);
    }

    /** One step back. */
    public void leave() {
        steps.removeLast();
    }

    /** A struct or a list begins. */
    public void down() {
        if (++depth > limits.depth()) {
            throw tooMuch("nests deeper than " + limits.depth() + " levels", "depth", "flatten it");
        }
    }

    /** It has ended. */
    public void up() {
        depth--;
    }

    /** So many values more. */
    public void values(int count) {
        values += Math.min(count, limits.values() + 1 - values);
        if (values > limits.values()) {
            throw tooMuch("is made of more than " + limits.values() + " values", "values", "send less at a time");
        }
    }

    /** So many bytes of text and data more. */
    public void bytes(long count) {
        bytes += count;
        if (bytes > limits.bytes()) {
            throw tooMuch(
                    "takes more than " + limits.bytes() + " bytes", "bytes", "send less at a time, or as a stream");
        }
    }

    private Failure tooMuch(String what, String limit, String advice) {
        return Failure.overloaded(
                this + ": the value " + what + ", which is the gateway's limit (Limits." + limit + "): " + advice);
    }

    /** So many structs take their room in a message, whatever is set in them. */
    void struct(StructSchema schema, int count) {
        var size = schema.structType();
        bytes((long) count * WORD_BYTES * (size.dataWords() + size.pointerCount()));
    }

    /** The elements of a list take their room in a message. */
    void elements(ListSchema list, int count) {
        switch (list.element()) {
            case StructSchema schema -> struct(schema, count);
            case Type.Scalar scalar -> bytes((long) count * bytesOf(scalar));
            case EnumSchema schema -> bytes((long) count * Short.BYTES);
            case ListSchema inner -> bytes((long) count * WORD_BYTES);
            case InterfaceSchema schema -> bytes((long) count * WORD_BYTES);
            case Type.Any any -> bytes((long) count * WORD_BYTES);
        }
    }

    private static int bytesOf(Type.Scalar scalar) {
        return switch (scalar) {
            case VOID -> 0;
            case BOOL, INT8, UINT8 -> Byte.BYTES;
            case INT16, UINT16 -> Short.BYTES;
            case INT32, UINT32, FLOAT32 -> Integer.BYTES;
            case INT64, UINT64, FLOAT64, TEXT, DATA -> WORD_BYTES;
        };
    }

    /** A text, as UTF-8. */
    void text(String text) {
        long size = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Each half of a pair counts two of its four bytes.
            size += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        bytes(size);
    }

    /** What is wrong here, as JavaScript says it. */
    public Failure wrong(String text) {
        return JsError.of("TypeError", this + ": " + text).failure();
    }

    /** Something else was expected here. */
    public Failure mismatch(@Nullable Object value, String expected) {
        return wrong("expected " + expected + ", not " + JavaScript.describe(value));
    }

    /** The steps from the root on. */
    Path.Names names() {
        return new Path.Names(steps);
    }

    /** As JavaScript writes it, behind the name of the method. */
    @Override
    public String toString() {
        String inside = names().toString();
        return inside.isEmpty() || inside.startsWith("[") ? method + inside : method + "." + inside;
    }
}
