package dev.capstan.fuzz;

import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.StructSchema;

/** Reads all that a schema finds in a message. */
final class DynamicWalk {
    /** Deeper than messages may be, so that it is they who are refused. */
    private static final int DEPTH = 200;

    private long steps;
    private long sum;

    /** Values read; odd or even as chance has it, so that none was read for nothing. */
    long steps() {
        return steps + (sum & 1);
    }

    void value(DynamicValue value) {
        value(value, DEPTH);
    }

    private void value(DynamicValue value, int depth) {
        steps++;
        if (depth == 0) {
            throw new AssertionError("values nest deeper than messages may");
        }
        switch (value) {
            case DynamicStruct.Reader struct -> {
                struct.which();
                for (StructSchema.Field field : struct.schema().fields()) {
                    if (struct.has(field) || (!field.isInUnion() && !isStruct(field))) {
                        value(struct.get(field), depth - 1);
                    }
                }
            }
            case DynamicList.Reader list -> {
                for (int i = 0; i < list.size(); i++) {
                    value(list.get(i), depth - 1);
                }
            }
            case DynamicValue.Any any -> sum += any.pointer().kind().name().length();
            case DynamicValue.Capability capability ->
                sum += capability.pointer().kind().name().length();
            case DynamicValue.Text text -> sum += text.value().length();
            case DynamicValue.Bytes bytes -> sum += bytes.value().size();
            default -> sum += value.hashCode();
        }
    }

    /** One that is not set reads as another that is not set, for ever. */
    private static boolean isStruct(StructSchema.Field field) {
        return field.type() instanceof StructSchema && !field.isGroup();
    }
}
