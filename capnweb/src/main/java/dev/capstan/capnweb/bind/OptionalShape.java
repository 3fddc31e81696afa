package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.JsValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link Optional}: undefined when empty, and left out of objects then.
 *
 * @param present what it is otherwise
 */
record OptionalShape(Shape present) implements Shape {
    @Override
    public @Nullable Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        Object inside = ((Optional<?>) value).orElse(null);
        return inside == null ? JsValue.UNDEFINED : present.write(inside, to);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return tree == null || tree == JsValue.UNDEFINED
                ? Optional.empty()
                : Optional.ofNullable(present.read(tree, from));
    }

    @Override
    public String typescript(TypeScript out) {
        return TypeScript.inUnion(present, present.typescript(out)) + " | undefined";
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
