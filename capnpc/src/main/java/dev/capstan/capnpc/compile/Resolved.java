package dev.capstan.capnpc.compile;

import org.jspecify.annotations.Nullable;

/** What a name stands for, seen from the scope in which it was found. */
sealed interface Resolved {
    /**
     * A declaration.
     *
     * @param scopeId the scope in which it lies, or in which the alias for it does
     * @param brand the arguments that an alias gives; null when the name is the declaration's own
     */
    record Found(Referent referent, long scopeId, @Nullable Brand brand) implements Resolved {}

    /** A type parameter of the declaration with that id. */
    record Parameter(long scopeId, int index) implements Resolved {}

    /** An alias for something that cannot be found; that problem has been told. */
    record Broken() implements Resolved {}
}
