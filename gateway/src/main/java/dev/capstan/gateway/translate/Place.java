package dev.capstan.gateway.translate;

import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.capnweb.JsError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in the arguments or results of a call a translation is, and what it has cost so far. Belongs to one translation. */
public final class Place {
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
                    "has more than " + limits.bytes() + " bytes of text and data", "bytes", "send it as a stream");
        }
    }

    private Failure tooMuch(String what, String limit, String advice) {
        return Failure.overloaded(
                this + ": the value " + what + ", which is the gateway's limit (Limits." + limit + "): " + advice);
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
