package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Name;
import java.util.List;

/**
 * The type parameters of the method at hand.
 *
 * @param scopeId 0 where they are called by their index in the method; else the struct that repeats them as its own parameters
 */
record Implicits(long scopeId, List<Name> names) {
    static final Implicits NONE = new Implicits(0, List.of());
}
