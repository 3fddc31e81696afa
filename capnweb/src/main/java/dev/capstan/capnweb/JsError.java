package dev.capstan.capnweb;

import dev.capstan.cap.Failure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An error as a value: what a JavaScript program threw, or handed over without throwing it. A value, with the values in it.
 *
 * <p>A TypeScript peer knows the names Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError and AggregateError;
 * any other becomes Error there.
 *
 * @param name the class, as {@code name} tells it
 * @param message the text
 * @param stack where it was thrown, as text; null if the sender keeps that to itself, as it does by default
 * @param props what else the error carries, {@code cause} and (of an AggregateError) {@code errors} among it. Those that cannot be sent are
 *     left out without a word, capabilities among them: the error itself has to arrive.
 */
public record JsError(String name, String message, @Nullable String stack, Map<String, @Nullable Object> props) {
    /** Copies the properties, in their order. */
    public JsError {
        props = Collections.unmodifiableMap(new LinkedHashMap<>(props));
    }

    /** An error that carries nothing else. */
    public static JsError of(String name, String message) {
        return new JsError(name, message, null, Map.of());
    }

    /** An exception as a value, its message alone. */
    static JsError of(Throwable thrown) {
        return of("Error", Objects.requireNonNullElse(thrown.getMessage(), ""));
    }

    /** This error with another stack; none if that is null. */
    public JsError withStack(@Nullable String other) {
        return new JsError(name, message, other, props);
    }

    /** What a failure is to a peer that speaks Cap'n Web: the error that it was, if it came from one. */
    public static JsError of(Failure failure) {
        return Errors.value(failure) instanceof JsError error ? error : of("Error", failure.reason());
    }

    /** This error as what a call fails with: a caller that speaks Cap'n Web gets it as it is, but for what cannot be sent. */
    public Failure failure() {
        return Errors.failure(this);
    }
}
