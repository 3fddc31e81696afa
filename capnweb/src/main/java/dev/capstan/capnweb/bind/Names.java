package dev.capstan.capnweb.bind;

import java.lang.reflect.AnnotatedElement;
import java.util.Set;

/** What things are called by peers, and what they cannot be called. */
final class Names {
    /** Every object of JavaScript has these: no client sends them, and no object that arrives keeps them. */
    private static final Set<String> OF_EVERY_OBJECT = Set.of(
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

    /** What a stub of TypeScript has itself. */
    private static final Set<String> OF_STUBS = Set.of("dup", "onRpcBroken", "map", "then", "catch", "finally");

    private Names() {}

    static String of(AnnotatedElement element, String otherwise) {
        Named named = element.getAnnotation(Named.class);
        return named == null ? otherwise : named.value();
    }

    /** Why no method can be called {@code name}; empty if one can. */
    static String faultOfMethod(String name) {
        return OF_STUBS.contains(name)
                ? "'" + name + "' is what every stub of TypeScript has itself, so that clients cannot call it:"
                        + " give it another name with @Named"
                : faultOfMember(name);
    }

    /** Why no member of an object can be called {@code name}; empty if one can. */
    static String faultOfMember(String name) {
        if (name.isEmpty()) {
            return "@Named gives it an empty name";
        }
        return OF_EVERY_OBJECT.contains(name)
                ? "'" + name + "' is what every object of JavaScript has, so that it does not travel:"
                        + " give it another name with @Named"
                : "";
    }
}
