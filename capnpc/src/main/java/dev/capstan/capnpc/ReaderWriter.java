package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes the accessors of a struct's reader. */
final class ReaderWriter {
    /** The files schema.capnp and stream.capnp, which dynamic values are built on: their classes cannot be built on those. */
    private static final Set<Long> UNDER_THE_PRINTER = Set.of(0xa93fc509624c72d9L, 0x86c366a91393f3f8L);

    private final Output output;
    private final SourceText text;
    private final TypeNames names;
    private final StructShape shape;

    ReaderWriter(Output output, StructShape shape) {
        this.output = output;
        this.text = output.text();
        this.names = output.names(shape.struct(), "type");
        this.shape = shape;
    }

    void write() {
        text.blank();
        text.open("public static final class Reader" + shape.variables() + " extends "
                + output.file().runtime("StructReader"));
        writeConstructors();
        shape.writeWhich(text);
        for (StructField field : shape.fields()) {
            writeField(field);
        }
        writeToString();
        text.close();
    }

    /** Whether structs of this type have a text form. */
    static boolean isPrintable(Declaration struct) {
        return !UNDER_THE_PRINTER.contains(struct.top().node.getScopeId());
    }

    private void writeToString() {
        Declaration struct = shape.struct();
        if (!isPrintable(struct)) {
            return;
        }
        text.blank()
                .doc(List.of("The struct as the schema language writes it, for people; slow, as it loads the schema."));
        text.override().open("public " + output.string() + " toString()");
        text.line("return " + output.file().use("dev.capstan.capnp.dynamic.DynamicStruct") + ".describe(this, "
                        + output.compiled(struct) + ", 0x" + Long.toHexString(struct.node.getId()) + "L);")
                .close();
    }

    private void writeConstructors() {
        shape.writeTypeField(text);
        String sections = "long data, int dataBits, int pointerCount, int depthLeft";
        if (shape.isGroup()) {
            shape.writeConstructor(text, "Reader", output.file().runtime("StructReader") + " same", "same");
            shape.writeConstructor(text, "Reader", output.file().runtime("StructBuilder") + " same", "same");
        } else {
            shape.writeConstructor(
                    text,
                    "Reader",
                    output.file().runtime("Segment") + " segment, " + sections,
                    "segment, data, dataBits, pointerCount, depthLeft");
        }
    }

    private void writeField(StructField field) {
        shape.writeIs(text, field, field.comment());
        Declaration group = field.group();
        if (group != null) {
            String type = names.declared(group) + ".Reader";
            getter(
                    field,
                    type + shape.variables(),
                    "get" + field.name(),
                    "new " + type + shape.diamond() + "(" + shape.typeArgument() + "this)");
            return;
        }
        switch (field.type()) {
            case JavaType.Scalar.VOID -> {}
            case JavaType.Scalar scalar ->
                getter(field, Scalars.javaType(scalar), "get" + field.name(), readScalar(field, scalar));
            case JavaType.Enumeration(Declaration d) -> {
                String number = "_uint16(" + field.offset() + ", " + Masks.of(field) + ")";
                getter(field, names.declared(d), "get" + field.name(), names.declared(d) + ".of(" + number + ")");
                text.blank()
                        .doc(List.of(
                                "The number of {@link #get" + field.name() + "}, also where it has no name here."));
                text.open("public int get" + field.name() + field.rawSuffix() + "()");
                shape.writeCheck(text, field);
                text.line("return " + number + ";").close();
            }
            case JavaType type -> {
                shape.writeHas(text, field);
                getter(field, names.reader(type), "get" + field.name(), readPointer(field, type));
                if (type == JavaType.Pointer.TEXT) {
                    writeUtf8(field);
                }
            }
        }
    }

    private void writeUtf8(StructField field) {
        text.blank().doc(List.of("The bytes of {@link #get" + field.name() + "}, as a view of the message."));
        text.open("public " + output.file().runtime("Data") + " get" + field.name() + field.utf8Suffix() + "()");
        shape.writeCheck(text, field);
        text.line("return _utf8(" + field.offset() + defaultArgument(field, field.type()) + ");")
                .close();
    }

    private void getter(StructField field, String type, String name, String value) {
        text.blank().doc(documentation(field));
        text.open("public " + type + " " + name + "()");
        shape.writeCheck(text, field);
        text.line("return " + value + ";").close();
    }

    private static List<String> documentation(StructField field) {
        List<String> paragraphs = new ArrayList<>(field.comment());
        if (field.type() == JavaType.Scalar.UINT64) {
            paragraphs.add("Unsigned.");
        }
        return paragraphs;
    }

    static String readScalar(StructField field, JavaType.Scalar scalar) {
        return "_" + Scalars.accessor(scalar) + "(" + field.offset() + ", " + Masks.of(field, scalar) + ")";
    }

    private String readPointer(StructField field, JavaType type) {
        String or = defaultArgument(field, type);
        return switch (type) {
            case JavaType.Pointer.TEXT -> "_text(" + field.offset() + or + ")";
            case JavaType.Pointer.DATA -> "_data(" + field.offset() + or + ")";
            case JavaType.Pointer.ANY -> "_any(" + field.offset() + or + ")";
            case JavaType.Pointer.CAPABILITY -> "_cap(" + field.offset() + ")";
            case JavaType.ListOf(JavaType.Struct element)
            when field.defaultValue() == null -> "_structs(" + names.token(element) + ", " + field.offset() + ")";
            default -> "_get(" + names.token(type) + ", " + field.offset() + or + ")";
        };
    }

    private String defaultArgument(StructField field, JavaType type) {
        Value.Reader value = field.defaultValue();
        return value == null ? "" : ", " + Defaults.of(output, field, type, value);
    }
}
