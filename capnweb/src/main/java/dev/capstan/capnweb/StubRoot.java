package dev.capstan.capnweb;

/** Where the path of a stub begins. */
sealed interface StubRoot permits StubOwner, MapVariable {
    /** The stub is not needed any more. */
    void close();
}
