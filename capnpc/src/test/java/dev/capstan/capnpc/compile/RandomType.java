package dev.capstan.capnpc.compile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the generator knows about the types that it writes. */
sealed interface RandomType {
    /** As written in the scope that asked for it. */
    String text();

    record Simple(String text) implements RandomType {
        boolean isPointer() {
            return List.of("Text", "Data", "AnyPointer", "AnyStruct", "AnyList", "Capability")
                    .contains(text);
        }
    }

    record ListOf(RandomType element) implements RandomType {
        @Override
        public String text() {
            return "List(" + element.text() + ")";
        }
    }

    record Named(Scope scope, String text) implements RandomType {}

    record Parameter(String text) implements RandomType {}

    /** Another name for a type that is no longer known. */
    record Alias(String text) implements RandomType {}

    /** A declaration with others inside. */
    final class Scope {
        enum Kind {
            FILE,
            STRUCT,
            INTERFACE,
            ENUM
        }

        final Kind kind;
        final String name;
        final @Nullable Scope parent;
        final List<String> parameters = new ArrayList<>();
        final List<Scope> children = new ArrayList<>();
        final List<RandomMember> fields = new ArrayList<>();
        final List<String> aliases = new ArrayList<>();
        final List<String> enumerants = new ArrayList<>();
        /** Its members are written, so that values of it can be. */
        boolean isWritten;

        Scope(Kind kind, String name, @Nullable Scope parent) {
            this.kind = kind;
            this.name = name;
            this.parent = parent;
        }

        boolean isGeneric() {
            return !parameters.isEmpty() || (parent != null && parent.isGeneric());
        }

        boolean isWithin(Scope other) {
            return this == other || (parent != null && parent.isWithin(other));
        }
    }
}
