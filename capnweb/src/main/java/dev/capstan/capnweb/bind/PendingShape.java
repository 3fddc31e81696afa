package dev.capstan.capnweb.bind;

import org.jspecify.annotations.Nullable;

/**
 * A value on its way: at a caller the result of another call, at the callee the value.
 *
 * @param content what the value is
 */
record PendingShape(Shape content) implements Shape {
    @Override
    public @Nullable Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return ((Pending<?>) value).write(content, to);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return Pending.here(content.read(tree, from));
    }

    @Override
    public String typescript(TypeScript out) {
        return content.typescript(out);
    }

    @Override
    public boolean isCompound() {
        return content.isCompound();
    }
}
