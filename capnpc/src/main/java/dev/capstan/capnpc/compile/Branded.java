package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Span;

/** What an expression stands for, before it is decided whether that is a type. */
sealed interface Branded {
    /** Where problems with it are shown. */
    Span span();

    /** A declaration and the type arguments that hold in it. */
    record Declared(Referent referent, Bindings bindings, Span span) implements Branded {}

    /** A type parameter. Those of a method have scope 0. */
    record Variable(long scopeId, int index, Span span) implements Branded {}
}
