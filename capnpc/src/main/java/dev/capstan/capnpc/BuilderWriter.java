package dev.capstan.capnpc;

import dev.capstan.capnp.schema.Value;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Writes the accessors of a struct's builder. Setting or initializing a member of a union makes it the one that is set. */
final class BuilderWriter {
    private final Output output;
    private final SourceText text;
    private final TypeNames names;
    private final StructShape shape;

    BuilderWriter(Output output, StructShape shape) {
        this.output = output;
        this.text = output.text();
        this.names = output.names(shape.struct(), "type");
        this.shape = shape;
    }

    void write() {
        text.blank();
        text.open("public static final class Builder" + shape.variables() + " extends "
                + output.file().runtime("StructBuilder"));
        writeConstructor();
        shape.writeWhich(text);
        for (StructField field : shape.fields()) {
            shape.writeIs(text, field, List.of());
            writeField(field);
        }
        if (shape.isGroup()) {
            writeCleared();
        }
        text.close();
    }

    private void writeConstructor() {
        shape.writeTypeField(text);
        String reader = "Reader" + shape.variables();
        String asReader;
        if (shape.isGroup()) {
            shape.writeConstructor(text, "Builder", output.file().runtime("StructBuilder") + " same", "same");
            asReader = "new Reader" + shape.diamond() + "(" + shape.typeArgument() + "this)";
        } else {
            shape.writeConstructor(
                    text,
                    "Builder",
                    output.file().runtime("Segment") + " segment, long data, int dataBits, int pointerCount",
                    "segment, data, dataBits, pointerCount");
            asReader = (shape.struct().isGeneric() ? "type" : "TYPE") + ".asReader(this)";
        }
        text.blank().doc(List.of("A view of what this holds; it shows later changes too."));
        text.method("public " + reader + " asReader()", "return " + asReader + ";");
        if (ReaderWriter.isPrintable(shape.struct())) {
            text.blank().doc(List.of("As its reader."));
            text.override().method("public " + output.string() + " toString()", "return asReader().toString();");
        }
    }

    private void writeField(StructField field) {
        Declaration group = field.group();
        if (group != null) {
            writeGroup(field, group);
            return;
        }
        switch (field.type()) {
            case JavaType.Scalar.VOID -> writeVoid(field);
            case JavaType.Scalar scalar -> {
                String type = Scalars.javaType(scalar);
                getter(field, type, "", ReaderWriter.readScalar(field, scalar));
                String method = "_set" + Names.capitalized(Scalars.accessor(scalar));
                setter(field, type, "", method + "(" + field.offset() + ", value, " + Masks.of(field, scalar) + ")");
            }
            case JavaType.Enumeration(Declaration d) -> writeEnum(field, names.declared(d));
            case JavaType type -> {
                shape.writeHas(text, field);
                writePointer(field, type);
                if (!(type instanceof JavaType.Interface) && type != JavaType.Pointer.CAPABILITY) {
                    writeOrphans(field, type);
                }
            }
        }
    }

    private void writeGroup(StructField field, Declaration group) {
        String builder = names.declared(group) + ".Builder";
        String value = "new " + builder + shape.diamond() + "(" + shape.typeArgument() + "this)";
        getter(field, builder + shape.variables(), "", value);
        text.blank().doc(List.of("Sets every field in it to its default."));
        text.open("public " + builder + shape.variables() + " init" + field.name() + "()");
        writeTag(field);
        text.line("return " + value + ".cleared();").close();
    }

    private void writeVoid(StructField field) {
        if (field.isMember()) {
            text.blank().doc(field.comment());
            text.open("public void set" + field.name() + "()");
            writeTag(field);
            text.close();
        }
    }

    private void writeEnum(StructField field, String type) {
        String number = "_uint16(" + field.offset() + ", " + Masks.of(field) + ")";
        getter(field, type, "", type + ".of(" + number + ")");
        setter(field, type, "", "_setEnum(" + field.offset() + ", value, " + Masks.of(field) + ")");
        getter(field, "int", field.rawSuffix(), number);
        setter(field, "int", field.rawSuffix(), "_setUint16(" + field.offset() + ", value, " + Masks.of(field) + ")");
    }

    private void writePointer(StructField field, JavaType type) {
        int index = field.offset();
        Value.Reader value = field.defaultValue();
        String or = value == null ? "" : ", " + Defaults.of(output, field, type, value);
        switch (type) {
            case JavaType.Pointer.TEXT -> {
                getter(field, output.string(), "", "_text(" + index + or + ")");
                setter(field, output.string(), "", "_setText(" + index + ", value)");
                writeUtf8(field, or);
            }
            case JavaType.Pointer.DATA -> {
                String builder = output.file().runtime("Data.Builder");
                getter(field, builder, "", "_data(" + index + or + ")");
                setter(field, output.file().runtime("Data"), "", "_setData(" + index + ", value)");
                setter(field, "byte[]", "", "_setData(" + index + ", value)");
                init(field, builder, "int size", "_initData(" + index + ", size)");
            }
            case JavaType.Pointer.ANY -> {
                String builder = output.file().runtime("AnyPointer.Builder");
                String token = output.file().runtime("AnyPointer.TYPE");
                getter(
                        field,
                        builder,
                        "",
                        value == null ? "_any(" + index + ")" : "_get(" + token + ", " + index + or + ")");
                setter(
                        field,
                        output.file().runtime("AnyPointer.Reader"),
                        "",
                        "_set(" + token + ", " + index + ", value)");
                init(field, builder, "", "_init(" + token + ", " + index + ", 0)");
            }
            case JavaType.Pointer.CAPABILITY -> {
                String cap = output.file().use("dev.capstan.cap.Cap");
                getter(field, cap, "", "_cap(" + index + ")");
                setter(
                        field,
                        cap,
                        "",
                        "_set(" + output.file().runtime("AnyPointer.CAPABILITY") + ", " + index + ", value)");
            }
            case JavaType.Interface i -> {
                getter(field, names.builder(type), "", "_get(" + names.token(type) + ", " + index + ")");
                setter(field, names.reader(type), "", "_set(" + names.token(type) + ", " + index + ", value)");
                setter(
                        field,
                        names.nested(i.declaration(), "Server", i.arguments()),
                        "",
                        "_setServer(" + index + ", value)");
            }
            case JavaType.Struct s -> {
                getAndSet(field, type, or);
                init(field, names.builder(type), "", "_init(" + names.token(type) + ", " + index + ")");
            }
            case JavaType.Variable v -> {
                getAndSet(field, type, or);
                String token = names.token(type);
                init(field, names.builder(type), "", "_init(" + token + ", " + index + ", 0)");
                init(field, names.builder(type), "int size", "_init(" + token + ", " + index + ", size)");
            }
            case JavaType.Pointer.ANY_STRUCT -> {
                getAndSet(field, type, or);
                String sized = output.file().runtime("AnyStruct.type") + "(dataWords, pointerCount)";
                init(
                        field,
                        names.builder(type),
                        "int dataWords, int pointerCount",
                        "_init(" + sized + ", " + index + ")");
            }
            case JavaType.Pointer.ANY_LIST -> {
                getAndSet(field, type, or);
                String token = output.file().runtime("PointerType") + "<B, ?> type";
                init(field, "<B> B", token + ", int size", "_init(type, " + index + ", size)");
            }
            case JavaType.ListOf(JavaType.Struct element)
            when or.isEmpty() -> {
                String arguments = "(" + names.token(element) + ", " + index;
                getter(field, names.builder(type), "", "_structs" + arguments + ")");
                setter(field, names.reader(type), "", "_set(" + names.token(type) + ", " + index + ", value)");
                init(field, names.builder(type), "int size", "_initStructs" + arguments + ", size)");
            }
            default -> {
                getAndSet(field, type, or);
                init(field, names.builder(type), "int size", "_init(" + names.token(type) + ", " + index + ", size)");
            }
        }
    }

    private void writeOrphans(StructField field, JavaType type) {
        String orphan = output.file().runtime("Orphan") + "<" + names.builder(type) + ", " + names.reader(type) + ">";
        text.blank().open("public void adopt" + field.name() + "(" + orphan + " value)");
        writeTag(field);
        text.line("_adopt(" + field.offset() + ", value);").close();
        text.blank().open("public " + orphan + " disown" + field.name() + "()");
        shape.writeCheck(text, field);
        text.line("return _disown(" + names.token(type) + ", " + field.offset() + ");")
                .close();
    }

    /** The text as the bytes that lie in the message, without the NUL behind them. */
    private void writeUtf8(StructField field, String or) {
        String suffix = field.utf8Suffix();
        int index = field.offset();
        String builder = output.file().runtime("Data.Builder");
        getter(field, builder, suffix, "_utf8(" + index + or + ")");
        setter(field, output.file().runtime("Data"), suffix, "_setUtf8(" + index + ", value)");
        init(field, suffix, builder, "int size", "_initUtf8(" + index + ", size)");
    }

    private void getAndSet(StructField field, JavaType type, String or) {
        String token = names.token(type);
        getter(field, names.builder(type), "", "_get(" + token + ", " + field.offset() + or + ")");
        setter(field, names.reader(type), "", "_set(" + token + ", " + field.offset() + ", value)");
    }

    private void getter(StructField field, String type, String suffix, String value) {
        text.blank().open("public " + type + " get" + field.name() + suffix + "()");
        shape.writeCheck(text, field);
        text.line("return " + value + ";").close();
    }

    private void setter(StructField field, String type, String suffix, String statement) {
        text.blank().doc(suffix.isEmpty() ? field.comment() : List.of());
        text.open("public void set" + field.name() + suffix + "(" + type + " value)");
        writeTag(field);
        text.line(statement + ";").close();
    }

    private void init(StructField field, String type, String parameters, String value) {
        init(field, "", type, parameters, value);
    }

    private void init(StructField field, String suffix, String type, String parameters, String value) {
        text.blank().open("public " + type + " init" + field.name() + suffix + "(" + parameters + ")");
        writeTag(field);
        text.line("return " + value + ";").close();
    }

    private void writeTag(StructField field) {
        if (field.isMember()) {
            long offset = shape.struct().node.getStruct().getDiscriminantOffset();
            text.line("_setUint16(" + offset + ", " + field.discriminant() + ", 0);");
        }
    }

    /** The members of a union share their places, so each place is cleared once. */
    private void writeCleared() {
        Set<Place> places = new TreeSet<>();
        collect(shape, places);
        text.blank();
        text.open("private Builder" + shape.variables() + " cleared()");
        for (Place place : places) {
            text.line(place.clear() + ";");
        }
        text.line("return this;").close();
    }

    private void collect(StructShape struct, Set<Place> places) {
        if (!struct.members().isEmpty()) {
            places.add(new Place(
                    JavaType.Scalar.UINT16, struct.struct().node.getStruct().getDiscriminantOffset()));
        }
        for (StructField field : struct.fields()) {
            Declaration group = field.group();
            if (group != null) {
                collect(new StructShape(output, group), places);
            } else if (field.type() instanceof JavaType.Scalar scalar) {
                if (scalar != JavaType.Scalar.VOID) {
                    places.add(new Place(scalar, field.offset()));
                }
            } else if (field.type() instanceof JavaType.Enumeration) {
                places.add(new Place(JavaType.Scalar.UINT16, field.offset()));
            } else {
                places.add(new Place(null, field.offset()));
            }
        }
    }
}
