package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Expression;
import org.jspecify.annotations.Nullable;

/** A place for a value of a known type, which may be filled later. Without a value it reads as the type's zero. */
final class Slot {
    private final Type type;
    private final @Nullable Expression source;
    private @Nullable Value value;

    /** Where the expression's value goes; null for none. */
    Slot(Type type, @Nullable Expression source) {
        this.type = type;
        this.source = source;
    }

    Type type() {
        return type;
    }

    @Nullable
    Expression source() {
        return source;
    }

    @Nullable
    Value value() {
        return value;
    }

    void fill(@Nullable Value found) {
        value = found;
    }
}
