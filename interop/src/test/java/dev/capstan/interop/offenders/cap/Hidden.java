package dev.capstan.interop.offenders.cap;

/** Not public, not extended, not final. */
class Hidden {
    /** Innocent: extended below. */
    static class Base {}

    static final class Derived extends Base {}
}
