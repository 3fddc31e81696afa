package dev.capstan.capnp.json;

import java.util.Arrays;

/**
 * A JSON value to be decoded, of which every part has been checked to be JSON and to keep the limits. Nodes go by number, so that a list of a
 * million numbers is not a million objects; the root is node 0.
 */
abstract class Tree {
    enum Kind {
        NULL("null"),
        BOOLEAN("a Boolean"),
        NUMBER("a number"),
        STRING("a string"),
        ARRAY("an array"),
        OBJECT("an object"),
        /** A call or raw text, which only the struct form of JSON has. */
        OTHER("not JSON, but a call or raw text");

        final String article;

        Kind(String article) {
            this.article = article;
        }
    }

    /** A piece of text that holds a number. */
    static final class Digits {
        CharSequence text = "";
        int from;
        int to;

        @Override
        public String toString() {
            return text.subSequence(from, to).toString();
        }
    }

    abstract Kind kind(int node);

    abstract boolean bool(int node);

    abstract void number(int node, Digits digits);

    abstract String string(int node);

    /** The number of elements or members. */
    abstract int size(int node);

    /** The first element, or the first member's value. */
    abstract int first(int node);

    /** The next element of {@code parent} after {@code node}, or the next member's value. */
    abstract int after(int parent, int node);

    /** The name of the member whose value {@code node} is. */
    abstract String name(int node);

    /** A fault of this node. */
    abstract JsonException fault(int node, String text);

    /** Refuses an object that has two members of one name. By sorting: hash tables take more room, and can be made slow by whoever chooses the names. */
    final void refuseDuplicates(int object) {
        int size = size(object);
        if (size < 2) {
            return;
        }
        int[] values = new int[size];
        for (int i = 0, at = first(object); i < size; i++, at = after(object, at)) {
            values[i] = at;
        }
        String[] sorted = new String[size];
        for (int i = 0; i < size; i++) {
            sorted[i] = name(values[i]);
        }
        Arrays.sort(sorted);
        for (int i = 1; i < size; i++) {
            if (sorted[i].equals(sorted[i - 1])) {
                throw second(values, sorted[i]);
            }
        }
    }

    /** The fault of a second member of one name. */
    JsonException twice(int node, String name) {
        return fault(node, "'" + TextTree.excerpt(name) + "' is there twice in this object. Leave one out.");
    }

    private JsonException second(int[] values, String name) {
        boolean seen = false;
        for (int at : values) {
            if (name(at).equals(name)) {
                if (seen) {
                    return twice(at, name);
                }
                seen = true;
            }
        }
        throw new AssertionError(name);
    }

    /** Writes {@code node} into {@code sink}. */
    final void copy(int node, Sink sink) {
        switch (kind(node)) {
            case NULL -> sink.nothing();
            case BOOLEAN -> sink.bool(bool(node));
            case NUMBER -> {
                Digits digits = new Digits();
                number(node, digits);
                double value = Numbers.real(digits);
                if (Double.isInfinite(value)) {
                    throw fault(
                            node,
                            "This number does not fit a float, which the struct form of JSON has for all of them.");
                }
                sink.number(value);
            }
            case STRING -> sink.string(string(node));
            case ARRAY -> {
                int size = size(node);
                sink.beginArray(size);
                for (int i = 0, at = first(node); i < size; i++, at = after(node, at)) {
                    copy(at, sink);
                }
                sink.end();
            }
            case OBJECT -> {
                int size = size(node);
                sink.beginObject(size);
                for (int i = 0, at = first(node); i < size; i++, at = after(node, at)) {
                    sink.name(name(at));
                    copy(at, sink);
                }
                sink.end();
            }
            case OTHER -> throw fault(node, "This is " + Kind.OTHER.article + ": only a handler can read it.");
        }
    }
}
