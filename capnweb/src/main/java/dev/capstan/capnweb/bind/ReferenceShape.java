package dev.capstan.capnweb.bind;

import org.jspecify.annotations.Nullable;

/**
 * Remote and functional interfaces: objects and functions of JavaScript.
 *
 * @param face the methods
 */
record ReferenceShape(Interface face) implements Shape {
    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return to.reference(value, face);
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return from.reference(tree, face);
    }

    @Override
    public String typescript(TypeScript out) {
        return out.reference(face);
    }

    @Override
    public boolean isCompound() {
        return face.isFunction();
    }
}
