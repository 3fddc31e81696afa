package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field of a struct or group as its node tells it; its parts come in as they are found out. */
final class Field {
    /** For fields outside unions, and those without an ordinal. */
    static final int NONE = -1;

    private final String name;
    private final int codeOrder;
    private final int discriminant;
    private final @Nullable String comment;
    private final Span span;
    private int ordinal = NONE;
    private int offset;
    private Type type = Type.Simple.VOID;
    private @Nullable Slot defaultValue;
    private @Nullable Struct group;
    private List<Applied> annotations = List.of();

    Field(String name, int codeOrder, int discriminant, @Nullable String comment, Span span) {
        this.name = name;
        this.codeOrder = codeOrder;
        this.discriminant = discriminant;
        this.comment = comment;
        this.span = span;
    }

    String name() {
        return name;
    }

    int codeOrder() {
        return codeOrder;
    }

    /** The tag of the union for this member, or {@link #NONE}. */
    int discriminant() {
        return discriminant;
    }

    @Nullable
    String comment() {
        return comment;
    }

    Span span() {
        return span;
    }

    /** As written, or {@link #NONE}. */
    int ordinal() {
        return ordinal;
    }

    /** In units of the type's size. */
    int offset() {
        return offset;
    }

    /** The struct that a group is; null for other fields. */
    @Nullable
    Struct group() {
        return group;
    }

    Type type() {
        return type;
    }

    /** The explicit default value; null without. */
    @Nullable
    Slot defaultValue() {
        return defaultValue;
    }

    List<Applied> annotations() {
        return annotations;
    }

    void ordinal(int found) {
        ordinal = found;
    }

    void offset(int found) {
        offset = found;
    }

    void group(Struct found) {
        group = found;
    }

    void type(Type found, @Nullable Slot value) {
        type = found;
        defaultValue = value;
    }

    void annotations(List<Applied> found) {
        annotations = found;
    }
}
