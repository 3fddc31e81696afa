package dev.capstan.capnp.json;

import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.StructSchema.Field;
import dev.capstan.capnp.dynamic.Type;
import dev.capstan.capnp.json.schema.DiscriminatorOptions;
import dev.capstan.capnp.json.schema.FlattenOptions;
import dev.capstan.capnp.schema.Annotation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a struct looks as an object: which names it has, and what they stand for. By annotations the members of a struct within it may be among
 * them, and a member of its own may tell which member of the union is there.
 *
 * <p>The rules are those of C++'s {@code JsonCodec::handleByAnnotation}. Immutable once made.
 */
final class Shape {
    /** Ids of json.capnp. */
    static final long NAME = 0xfa5b1fd61c2e7c3dL;

    private static final long FLATTEN = 0x82d3e852af0336bfL;
    private static final long DISCRIMINATOR = 0xcfa794e8d19a0162L;
    private static final long BASE64 = 0xd7d879450a253e4bL;
    private static final long HEX = 0xf061e22f0ae5c7b5L;

    final StructSchema schema;
    /** The fields of the version of the schema that this was made for. */
    final List<Field> fields;

    final boolean annotated;
    /** The name of the member that tells which member of the union is there, or null. */
    final @Nullable String tag;

    private final Member[] members;
    private final Map<String, Name> names = new HashMap<>();
    private final Map<String, Member> byTag = new HashMap<>();

    /** How Data is written. */
    enum Bytes {
        NUMBERS,
        BASE64,
        HEX
    }

    /** A field. */
    static final class Member {
        final Field field;
        final Type type;
        String name;
        String tag;
        Bytes bytes = Bytes.NUMBERS;
        String prefix = "";
        /** Of a group, or of a struct that is flattened. */
        @Nullable
        Shape shape;

        boolean flattened;

        @Nullable
        JsonHandler handler;

        private Member(Field field) {
            this.field = field;
            this.type = field.type();
            this.name = field.name();
            this.tag = name;
        }

        /** The shape of a flattened member. */
        Shape flat() {
            if (shape == null || !flattened) {
                throw new AssertionError(field);
            }
            return shape;
        }
    }

    /** What a name in the object stands for. */
    sealed interface Name {
        /** A field. */
        record Direct(Member member) implements Name {}

        /** A member of a struct that is flattened. */
        record Within(Member member) implements Name {}

        /** Which member of the union is there. */
        record Tag() implements Name {}

        /** The value of the union, whichever member it is. */
        record UnionValue() implements Name {}

        /** A member of one or more members of the union that are flattened: only the tag can tell. */
        record WithinUnion() implements Name {}
    }

    /** Makes the shapes of structs and of the groups in them. */
    static final class Maker {
        private final boolean annotations;
        private final Limits limits;
        private final Map<JsonCodec.FieldKey, JsonHandler> handlers;
        private final List<StructSchema> open = new ArrayList<>();
        private int namesLeft;

        Maker(boolean annotations, Limits limits, Map<JsonCodec.FieldKey, JsonHandler> handlers) {
            this.annotations = annotations;
            this.limits = limits;
            this.handlers = handlers;
            this.namesLeft = limits.flattenedNames();
        }

        Shape shape(StructSchema schema) {
            return new Shape(schema, this, null, null);
        }
    }

    private Shape(
            StructSchema schema, Maker maker, DiscriminatorOptions.@Nullable Reader given, @Nullable String unionName) {
        if (maker.open.contains(schema)) {
            throw JsonException.of(
                    schema + " is flattened into itself by its JSON annotations; remove one $Json.flatten.");
        }
        if (maker.open.size() >= maker.limits.nesting()) {
            throw JsonException.of(schema + " lies in more than " + maker.limits.nesting()
                    + " structs and groups that are flattened (Limits.nesting).");
        }
        maker.open.add(schema);
        this.schema = schema;
        this.annotated = maker.annotations;
        this.fields = schema.fields();
        this.members = new Member[fields.size()];
        DiscriminatorOptions.Reader discriminator = given;
        if (discriminator == null && annotated) {
            Annotation.Reader found = find(schema.node().getAnnotations(), DISCRIMINATOR);
            discriminator = found == null ? null : found.getValue().getStruct().as(DiscriminatorOptions.TYPE);
        }
        this.tag = discriminator == null ? null : discriminator.hasName() ? discriminator.getName() : unionName;
        String valueName = discriminator != null && discriminator.hasValueName() ? discriminator.getValueName() : null;
        if (tag != null) {
            add(tag, new Name.Tag(), maker);
        }
        if (valueName != null) {
            if (tag == null) {
                throw JsonException.of(schema + " has a discriminator with a valueName but no name. Give it a name.");
            }
            add(valueName, new Name.UnionValue(), maker);
        }
        for (Field field : fields) {
            members[field.index()] = member(field, valueName, maker);
        }
        maker.open.removeLast();
    }

    private Member member(Field field, @Nullable String valueName, Maker maker) {
        Member member = new Member(field);
        member.handler = maker.handlers.get(JsonCodec.FieldKey.of(field));
        DiscriminatorOptions.Reader discriminator = annotated ? annotate(member) : null;
        if (field.isGroup() || member.flattened) {
            member.shape = new Shape(
                    (StructSchema) member.type,
                    maker,
                    discriminator,
                    member.flattened && field.isGroup() ? field.name() : null);
        }
        member.tag = member.name;
        boolean inUnion = field.isInUnion();
        if (member.flattened) {
            if (inUnion && tag == null) {
                throw JsonException.of(
                        schema + ": member " + field
                                + " of a union is flattened, but nothing tells whether it is there. Add $Json.discriminator to the union.");
            }
            for (String inner : member.flat().names.keySet()) {
                add(member.prefix + inner, inUnion ? new Name.WithinUnion() : new Name.Within(member), maker);
            }
        } else if (inUnion && valueName != null) {
            member.name = valueName;
        } else {
            add(member.name, new Name.Direct(member), maker);
        }
        if (inUnion && byTag.put(member.tag, member) != null) {
            throw JsonException.of(
                    schema + " has two members of its union that are called '" + member.tag + "' in JSON.");
        }
        return member;
    }

    /** Reads the annotations of a field, and returns the discriminator that it gives to a group. */
    private DiscriminatorOptions.@Nullable Reader annotate(Member member) {
        DiscriminatorOptions.Reader discriminator = null;
        for (Annotation.Reader annotation : member.field.proto().getAnnotations()) {
            long id = annotation.getId();
            if (id == NAME) {
                member.name = annotation.getValue().getText();
            } else if (id == FLATTEN) {
                require(member, member.type instanceof StructSchema, "only structs and groups can be flattened");
                member.flattened = true;
                member.prefix = annotation
                        .getValue()
                        .getStruct()
                        .as(FlattenOptions.TYPE)
                        .getPrefix();
            } else if (id == DISCRIMINATOR) {
                require(member, member.field.isGroup(), "only unions can have a discriminator");
                discriminator = annotation.getValue().getStruct().as(DiscriminatorOptions.TYPE);
            } else if (id == BASE64 || id == HEX) {
                require(member, member.type == Type.Scalar.DATA, "only Data can be written in base64 or hex");
                member.bytes = id == HEX ? Bytes.HEX : Bytes.BASE64;
            }
        }
        return discriminator;
    }

    private void require(Member member, boolean good, String rule) {
        if (!good) {
            throw JsonException.of(schema + ": the JSON annotations of " + member.field + " do not fit: " + rule + ".");
        }
    }

    private void add(String name, Name meaning, Maker maker) {
        if (--maker.namesLeft < 0) {
            throw JsonException.of(schema + " has more than " + maker.limits.flattenedNames()
                    + " names in JSON, with those of the structs that are flattened (Limits.flattenedNames).");
        }
        Name before = names.put(name, meaning);
        if (before != null && !(before instanceof Name.WithinUnion && meaning instanceof Name.WithinUnion)) {
            throw JsonException.of(schema + " has two members that are called '" + TextTree.excerpt(name)
                    + "' in JSON. Give one another $Json.name, or what is flattened a prefix.");
        }
    }

    static Annotation.@Nullable Reader find(Iterable<Annotation.Reader> annotations, long id) {
        for (Annotation.Reader annotation : annotations) {
            if (annotation.getId() == id) {
                return annotation;
            }
        }
        return null;
    }

    Member member(Field field) {
        return members[field.index()];
    }

    @Nullable
    Name name(String name) {
        return names.get(name);
    }

    @Nullable
    Member byTag(String value) {
        return byTag.get(value);
    }

    /** Whether a member may be left out because the tag says all about it. */
    boolean isSaidByTag(Member member, DynamicValue value) {
        return tag != null && member.field.isInUnion() && value == DynamicValue.Nothing.VOID;
    }
}
