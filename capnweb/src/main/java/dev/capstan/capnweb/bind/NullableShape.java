package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.JsValue;
import org.jspecify.annotations.Nullable;

/**
 * What may be null; undefined, and a member that is missing, are taken for null.
 *
 * @param present what it is otherwise
 */
record NullableShape(Shape present) implements Shape {
    @Override
    public @Nullable Object write(@Nullable Object value, Writing to) {
        return value == null ? null : present.write(value, to);
    }

    @Override
    public @Nullable Object read(@Nullable Object tree, Reading from) {
        return tree == null || tree == JsValue.UNDEFINED ? null : present.read(tree, from);
    }

    @Override
    public String typescript(TypeScript out) {
        String type = present.typescript(out);
        return type.equals("any") ? type : TypeScript.inUnion(present, type) + " | null";
    }

    @Override
    public boolean mayBeMissing() {
        return true;
    }

    @Override
    public boolean isCompound() {
        return true;
    }
}
