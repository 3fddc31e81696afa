package dev.capstan.capnweb;

/**
 * The values of JavaScript that Java has no value for. {@code null} is {@code null} in both, NaN and the infinities are {@link Double}s.
 *
 * <p>Values; they travel as {@code ["undefined"]} and {@code ["date",null]}.
 */
public enum JsValue {
    /** What a method without result returns, and what a property that does not exist reads as. */
    UNDEFINED,
    /** A {@code Date} that is none: not a number, or further than 8.64e15 milliseconds from 1970. */
    INVALID_DATE
}
