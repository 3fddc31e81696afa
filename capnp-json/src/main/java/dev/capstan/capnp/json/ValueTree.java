package dev.capstan.capnp.json;

import dev.capstan.capnp.json.schema.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** JSON in the form of a struct, which may come from a peer like any other message. */
final class ValueTree extends Tree {
    private static final double TWO_TO_64 = 0x1p64;

    private final Limits limits;
    private final List<Entry> entries = new ArrayList<>();

    /** A value; {@code end} is the number of the entry after all that is in it. */
    private static final class Entry {
        final Value.Reader value;
        final String name;
        int end;

        Entry(Value.Reader value, String name) {
            this.value = value;
            this.name = name;
        }
    }

    ValueTree(Value.Reader root, Limits limits) {
        this.limits = limits;
        add(root, "", 0);
    }

    private void add(Value.Reader value, String name, int depth) {
        Entry entry = new Entry(value, name);
        int node = entries.size();
        entries.add(entry);
        if (entries.size() > limits.listSize()) {
            throw JsonException.of("The value holds more than " + limits.listSize() + " values (Limits.listSize).");
        }
        if ((value.isArray() || value.isObject()) && depth >= limits.nesting()) {
            throw tooDeep(limits);
        }
        if (value.isArray()) {
            int index = 0;
            for (Value.Reader element : value.getArray()) {
                addElement(element, index++, depth + 1);
            }
        } else if (value.isObject()) {
            for (Value.Field.Reader member : value.getObject()) {
                addMember(member.getValue(), member.getName(), depth + 1);
            }
        }
        entry.end = entries.size();
        if (value.isObject()) {
            refuseDuplicates(node);
        }
    }

    private void addElement(Value.Reader value, int index, int depth) {
        try {
            add(value, "", depth);
        } catch (JsonException e) {
            throw e.in(index);
        }
    }

    private void addMember(Value.Reader value, String name, int depth) {
        try {
            add(value, name, depth);
        } catch (JsonException e) {
            throw e.in(TextTree.excerpt(name));
        }
    }

    /** With the path, for want of a line; what is around the object adds its own part. */
    @Override
    JsonException twice(int node, String name) {
        return super.twice(node, name).in(TextTree.excerpt(name));
    }

    static JsonException tooDeep(Limits limits) {
        return JsonException.of(
                "Arrays and objects nest more than " + limits.nesting() + " levels deep (Limits.nesting).");
    }

    /** The struct form itself. */
    Value.Reader value(int node) {
        return entries.get(node).value;
    }

    /** Writes the struct form of JSON; the only way in which calls and raw text reach a sink. */
    static void write(Value.Reader value, Sink sink, Limits limits) {
        write(value, sink, limits, 0);
    }

    private static void write(Value.Reader value, Sink sink, Limits limits, int depth) {
        if (depth > limits.nesting()) {
            throw tooDeep(limits);
        }
        switch (value.which()) {
            case NULL -> sink.nothing();
            case BOOLEAN -> sink.bool(value.getBoolean());
            case NUMBER -> {
                double number = value.getNumber();
                if (Double.isNaN(number) || Double.isInfinite(number)) {
                    throw JsonException.of("JSON has no number " + number + ". Write it as a string.");
                }
                sink.number(number);
            }
            case STRING -> sink.string(value.getString());
            case ARRAY -> {
                sink.beginArray(value.getArray().size());
                for (Value.Reader element : value.getArray()) {
                    write(element, sink, limits, depth + 1);
                }
                sink.end();
            }
            case OBJECT -> {
                sink.beginObject(value.getObject().size());
                for (Value.Field.Reader member : value.getObject()) {
                    sink.name(member.getName());
                    write(member.getValue(), sink, limits, depth + 1);
                }
                sink.end();
            }
            case CALL -> {
                Value.Call.Reader call = value.getCall();
                sink.beginCall(call.getFunction(), call.getParams().size());
                for (Value.Reader param : call.getParams()) {
                    write(param, sink, limits, depth + 1);
                }
                sink.end();
            }
            case RAW -> sink.raw(value.getRaw());
            case UNRECOGNIZED ->
                throw JsonException.of("This JSON value is of kind " + value.whichRaw()
                        + ", which is not known here: it was made by a newer schema.");
        }
    }

    @Override
    Kind kind(int node) {
        return switch (value(node).which()) {
            case NULL -> Kind.NULL;
            case BOOLEAN -> Kind.BOOLEAN;
            case NUMBER -> Kind.NUMBER;
            case STRING -> Kind.STRING;
            case ARRAY -> Kind.ARRAY;
            case OBJECT -> Kind.OBJECT;
            case CALL, RAW, UNRECOGNIZED -> Kind.OTHER;
        };
    }

    @Override
    boolean bool(int node) {
        return value(node).getBoolean();
    }

    @Override
    void number(int node, Digits digits) {
        double number = value(node).getNumber();
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw fault(node, "JSON has no number " + number + ". Write it as a string.");
        }
        StringBuilder text = new StringBuilder();
        if (number != 0 && number == Math.rint(number) && Math.abs(number) <= TWO_TO_64) {
            // All digits: it may be wanted as an integer.
            text.append(new BigDecimal(number).toPlainString());
        } else {
            Numbers.format(number, text);
        }
        digits.text = text;
        digits.from = 0;
        digits.to = text.length();
    }

    @Override
    String string(int node) {
        return value(node).getString();
    }

    @Override
    int size(int node) {
        return value(node).isArray()
                ? value(node).getArray().size()
                : value(node).getObject().size();
    }

    @Override
    int first(int node) {
        return node + 1;
    }

    @Override
    int after(int parent, int node) {
        return entries.get(node).end;
    }

    @Override
    String name(int node) {
        return entries.get(node).name;
    }

    @Override
    JsonException fault(int node, String text) {
        return JsonException.of(text);
    }
}
