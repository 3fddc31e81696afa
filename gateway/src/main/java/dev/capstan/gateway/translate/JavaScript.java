package dev.capstan.gateway.translate;

import dev.capstan.cap.Cap;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Writable;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What there is to know about JavaScript's values and names. */
public final class JavaScript {
    /** The integers that are exact as a number. */
    static final long MOST_SAFE = (1L << 53) - 1;

    /** Clients keep these for themselves, and never send them; or no object may have such a member. */
    public static final Set<String> TAKEN = Set.of(
            "__defineGetter__",
            "__defineSetter__",
            "__lookupGetter__",
            "__lookupSetter__",
            "__proto__",
            "catch",
            "constructor",
            "dup",
            "finally",
            "hasOwnProperty",
            "isPrototypeOf",
            "map",
            "onRpcBroken",
            "propertyIsEnumerable",
            "then",
            "toLocaleString",
            "toString",
            "valueOf");

    /** Members that receivers drop. */
    public static final Set<String> DROPPED = Set.of(
            "__defineGetter__",
            "__defineSetter__",
            "__lookupGetter__",
            "__lookupSetter__",
            "__proto__",
            "constructor",
            "hasOwnProperty",
            "isPrototypeOf",
            "propertyIsEnumerable",
            "toJSON",
            "toLocaleString",
            "toString",
            "valueOf");

    private JavaScript() {}

    /** An integer as a number if that is exact, else as a bigint. */
    public static Object integer(long n) {
        return n >= -MOST_SAFE && n <= MOST_SAFE ? (Object) n : (Object) BigInteger.valueOf(n);
    }

    /** As {@link #integer}, of a number without sign. */
    public static Object unsigned(long n) {
        return n >= 0 ? integer(n) : (Object) new BigInteger(Long.toUnsignedString(n));
    }

    /** What a value is, for a text that says so. */
    public static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case JsValue undefined when undefined == JsValue.UNDEFINED -> "undefined";
            case Boolean b -> b.toString();
            case BigInteger n -> "a bigint";
            case Number n -> "the number " + n;
            case String text -> "a string";
            case List<?> list -> "an array";
            case Map<?, ?> map -> "an object";
            case byte[] bytes -> "bytes";
            case Instant date -> "a Date";
            case Cap cap -> "a stub";
            case Readable stream -> "a ReadableStream";
            case Writable stream -> "a WritableStream";
            default -> "of class " + value.getClass().getSimpleName();
        };
    }
}
