package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Name;
import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node says besides its name and place. */
final class Content {
    /** By kind. */
    sealed interface Body {}

    /** A file says nothing more. */
    record File() implements Body {}

    record Const(Slot value) implements Body {}

    record Annotation(Type type, Set<Declaration.Target> targets) implements Body {}

    record Enumeration(List<Enumerant> enumerants) implements Body {}

    record StructBody(Struct struct) implements Body {}

    record Interface(List<Superclass> superclasses, List<Method> methods) implements Body {}

    record Enumerant(
            String name,
            int codeOrder,
            List<Applied> annotations,
            @Nullable String comment,
            Span span) {}

    record Superclass(Node node, Brand brand) {}

    record Method(
            String name,
            int codeOrder,
            List<Name> implicitParameters,
            Side parameters,
            Side results,
            List<Applied> annotations,
            @Nullable String comment,
            Span span) {}

    /** The struct that a method takes or gives. */
    record Side(long structId, Brand brand) {}

    private final Body body;
    private final boolean isGeneric;
    private final List<Applied> annotations;
    private final List<Struct> parts;
    private final List<Slot> unfinished;
    private final Evaluator evaluator;

    Content(
            Body body,
            boolean isGeneric,
            List<Applied> annotations,
            List<Struct> parts,
            List<Slot> unfinished,
            Evaluator evaluator) {
        this.body = body;
        this.isGeneric = isGeneric;
        this.annotations = annotations;
        this.parts = List.copyOf(parts);
        this.unfinished = new ArrayList<>(unfinished);
        this.evaluator = evaluator;
    }

    Body body() {
        return body;
    }

    boolean isGeneric() {
        return isGeneric;
    }

    List<Applied> annotations() {
        return annotations;
    }

    /** Structs that have nodes of their own but are part of this declaration: groups, or parameters and results of methods. */
    List<Struct> parts() {
        return parts;
    }

    /** Fills the slots that need other declarations. */
    void finish() {
        for (Slot slot : unfinished) {
            evaluator.fill(slot, true);
        }
        unfinished.clear();
    }

    /** The type of a constant; null for other nodes. */
    static @Nullable Slot constant(@Nullable Content content) {
        return content != null && content.body instanceof Const constant ? constant.value() : null;
    }

    /** The fields of a struct; null for other nodes. */
    static @Nullable Struct struct(@Nullable Content content) {
        return content != null && content.body instanceof StructBody struct ? struct.struct() : null;
    }
}
