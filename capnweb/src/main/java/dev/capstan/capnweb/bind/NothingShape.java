package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.JsValue;
import org.jspecify.annotations.Nullable;

/** The result of what has none. Whatever a peer answers is ignored. */
final class NothingShape implements Shape {
    @Override
    public Object write(@Nullable Object value, Writing to) {
        return JsValue.UNDEFINED;
    }

    @Override
    public @Nullable Object read(@Nullable Object tree, Reading from) {
        return null;
    }

    @Override
    public String typescript(TypeScript out) {
        return "void";
    }
}
