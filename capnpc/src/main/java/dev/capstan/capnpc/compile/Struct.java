package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.syntax.Name;
import dev.capstan.capnpc.syntax.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A struct as its node tells it: a declared one, a group, or the parameters or results of a method. */
final class Struct {
    private final String displayName;
    private final String name;
    private final boolean isGeneric;
    private final boolean isGroup;
    private final List<Name> parameters;
    private final @Nullable String comment;
    private final Span span;
    private final List<Field> fields = new ArrayList<>();
    private final Map<String, Field> byName = new HashMap<>();
    private long id;
    private long scopeId;
    private int dataWords;
    private int pointers;
    private int discriminants;
    private int discriminantOffset;

    Struct(
            long id,
            String displayName,
            String name,
            boolean isGeneric,
            boolean isGroup,
            List<Name> parameters,
            @Nullable String comment,
            Span span) {
        this.id = id;
        this.displayName = displayName;
        this.name = name;
        this.isGeneric = isGeneric;
        this.isGroup = isGroup;
        this.parameters = parameters;
        this.comment = comment;
        this.span = span;
    }

    long id() {
        return id;
    }

    long scopeId() {
        return scopeId;
    }

    String displayName() {
        return displayName;
    }

    /** The last part of the display name. */
    String name() {
        return name;
    }

    boolean isGeneric() {
        return isGeneric;
    }

    boolean isGroup() {
        return isGroup;
    }

    /** Type parameters that this struct itself declares. */
    List<Name> parameters() {
        return parameters;
    }

    @Nullable
    String comment() {
        return comment;
    }

    Span span() {
        return span;
    }

    /** In the order of their ordinals. */
    List<Field> fields() {
        return fields;
    }

    @Nullable
    Field field(String fieldName) {
        return byName.get(fieldName);
    }

    /** The member of the unnamed union with that tag. */
    @Nullable
    Field member(int discriminant) {
        for (Field field : fields) {
            if (field.discriminant() == discriminant) {
                return field;
            }
        }
        return null;
    }

    int dataWords() {
        return dataWords;
    }

    int pointers() {
        return pointers;
    }

    /** Members of the unnamed union; 0 without. */
    int discriminants() {
        return discriminants;
    }

    /** Offset of the tag in units of 16 bits. */
    int discriminantOffset() {
        return discriminantOffset;
    }

    void add(Field field) {
        fields.add(field);
        byName.putIfAbsent(field.name(), field);
    }

    void place(long ownId, long parentId) {
        id = ownId;
        scopeId = parentId;
    }

    void size(int data, int pointerCount) {
        dataWords = data;
        pointers = pointerCount;
    }

    void union(int count, int tagOffset) {
        discriminants = count;
        discriminantOffset = tagOffset;
    }
}
