package dev.capstan.capnpc.compile;

import org.jspecify.annotations.Nullable;

/** What a name can stand for. */
sealed interface Referent permits Node, Builtin {
    long id();

    /** How many type parameters it declares. */
    int parameterCount();

    /** The declaration around it; null for files and built-ins. */
    @Nullable
    Node parent();

    /** For messages. */
    String text();
}
