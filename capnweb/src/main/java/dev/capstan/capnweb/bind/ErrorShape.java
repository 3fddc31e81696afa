package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.JsError;
import org.jspecify.annotations.Nullable;

/** Throwables as values. What comes in is a {@link dev.capstan.cap.Failure}; of what goes out, name and message are told and no stack. */
final class ErrorShape implements Shape {
    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return value;
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        return switch (tree) {
            case JsError error -> error.failure();
            case Throwable own -> dev.capstan.cap.Failure.of(own);
            case null, default -> throw Mismatch.expected("an error", tree);
        };
    }

    @Override
    public String typescript(TypeScript out) {
        return "Error";
    }
}
