package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Declaration;
import dev.capstan.capnpc.syntax.Span;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field, union or group while its struct is laid out, or the struct itself. It becomes a field of its parent when the first ordinal in it
 * comes up, which decides the order of fields and the tags of union members.
 */
final class Member {
    private final @Nullable Member parent;
    private final @Nullable Declaration declaration;
    private final int codeOrder;
    private final boolean isInUnion;
    private final @Nullable Struct struct;
    private final Layout.@Nullable Place place;
    private Layout.@Nullable Union union;
    private @Nullable Field field;
    private int index;
    private int unionMembers;

    /** The struct itself. */
    Member(Struct struct) {
        this(null, null, 0, false, struct, null);
    }

    /** A field, and where it goes. */
    Member(Member parent, Declaration declaration, int codeOrder, boolean isInUnion, Layout.Place place) {
        this(parent, declaration, codeOrder, isInUnion, null, place);
    }

    /** A group or named union. */
    Member(Member parent, Declaration declaration, int codeOrder, boolean isInUnion, Struct group) {
        this(parent, declaration, codeOrder, isInUnion, group, null);
    }

    private Member(
            @Nullable Member parent,
            @Nullable Declaration declaration,
            int codeOrder,
            boolean isInUnion,
            @Nullable Struct struct,
            Layout.@Nullable Place place) {
        this.parent = parent;
        this.declaration = declaration;
        this.codeOrder = codeOrder;
        this.isInUnion = isInUnion;
        this.struct = struct;
        this.place = place;
    }

    @Nullable
    Member parent() {
        return parent;
    }

    /** Not of the struct itself. */
    Declaration declaration() {
        return Objects.requireNonNull(declaration);
    }

    /** Where problems with it are shown. */
    Span span() {
        return declaration == null ? struct().span() : declaration.name().span();
    }

    /** Not of a field. */
    Struct struct() {
        return Objects.requireNonNull(struct);
    }

    Layout.@Nullable Place place() {
        return place;
    }

    /** The union that this is, or the unnamed one in it. */
    Layout.@Nullable Union union() {
        return union;
    }

    void union(Layout.Union found) {
        union = found;
    }

    /** How many of its union's members have become fields. */
    int unionMembers() {
        return unionMembers;
    }

    /** Where it stands among the fields of its parent; 0 until it is one. */
    int index() {
        return index;
    }

    /** This as a field of its parent; made on first use. */
    Field field() {
        if (field == null) {
            Member around = Objects.requireNonNull(parent);
            if (around.parent != null && around.struct().fields().isEmpty()) {
                around.field();
            }
            Declaration written = declaration();
            index = around.struct().fields().size();
            field = new Field(
                    written.name().text(),
                    codeOrder,
                    isInUnion ? around.unionMembers++ : Field.NONE,
                    written.comment(),
                    written.span());
            around.struct().add(field);
        }
        return field;
    }
}
