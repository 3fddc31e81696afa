package dev.capstan.gateway.console;

import java.util.List;

/** What can be called, in words that a form is made of. */
final class Description {
    private Description() {}

    /**
     * Something that is served.
     *
     * @param wire {@code capnp}, {@code capnweb} or {@code grpc}
     * @param type name of the interface of the object itself
     * @param interfaces that one and all that can be reached from it
     */
    record Service(String name, String wire, String type, List<Interface> interfaces) {}

    record Interface(String name, List<Method> methods) {}

    /**
     * A method.
     *
     * @param named whether it takes one object with members for the parameters, as Cap'n Proto does
     * @param gives members of the result; one without name if it is a value by itself
     */
    record Method(String name, boolean named, boolean streams, List<Member> takes, List<Member> gives) {}

    /**
     * A parameter, or a part of a result.
     *
     * @param type as the schema has it
     * @param choices of an enum
     */
    record Member(String name, String type, Kind kind, List<String> choices) {}

    /** What a form offers for it. */
    enum Kind {
        NUMBER,
        FLAG,
        TEXT,
        BYTES,
        CHOICE,
        /** Something that can be called, of the interface that the type names. */
        OBJECT,
        FUNCTION,
        READABLE,
        WRITABLE,
        /** Anything else, as JSON. */
        VALUE
    }
}
