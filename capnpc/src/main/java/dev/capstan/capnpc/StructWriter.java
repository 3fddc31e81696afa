package dev.capstan.capnpc;

import java.util.List;

/** Writes the class of a struct or group, with everything that is nested in it. */
final class StructWriter {
    private static final String READER_SECTIONS = "long data, int dataBits, int pointerCount, int depthLeft";
    private static final String BUILDER_SECTIONS = "long data, int dataBits, int pointerCount";

    private final Output output;
    private final SourceText text;

    StructWriter(Output output) {
        this.output = output;
        this.text = output.text();
    }

    void write(Declaration struct) {
        StructShape shape = new StructShape(output, struct);
        text.blank().doc(Comments.paragraphs(output.nodes().comment(struct.node)));
        text.open("public " + (struct.outer == null ? "" : "static ") + "final class " + struct.name);
        if (!shape.isGroup()) {
            writeType(shape);
        }
        new Constants(output).write(struct.node, struct);
        text.blank().line("private " + struct.name + "() {}");
        new ReaderWriter(output, shape).write();
        new BuilderWriter(output, shape).write();
        if (!shape.members().isEmpty()) {
            new EnumWriter(output).writeWhich(shape.members());
        }
        PipelineWriter pipeline = new PipelineWriter(output, shape);
        pipeline.writePipeline();
        if (!shape.isGroup()) {
            pipeline.writeAnswer();
            if (struct.isGeneric()) {
                writeFactory(shape);
            }
        }
        DeclarationWriter.writeAll(output, struct.nested);
        if (struct.outer == null) {
            output.pool().write();
        }
        text.close();
    }

    private void writeType(StructShape shape) {
        if (shape.struct().isGeneric()) {
            text.doc(List.of("This type with the given arguments."));
            FactoryWriter.writeTypeMethod(output, shape.struct());
            return;
        }
        text.doc(List.of("Stands for this type where one is asked for."));
        text.open("public static final " + output.file().runtime("StructType") + "<Builder, Reader> TYPE = new "
                + output.file().runtime("StructType") + "<>(" + size(shape) + ")");
        writeMakers(shape, "");
        text.close(";");
    }

    private void writeFactory(StructShape shape) {
        Declaration struct = shape.struct();
        String variables = shape.variables();
        text.blank().doc(List.of("Stands for this type, with its arguments, where one is asked for."));
        text.open("public static final class " + struct.factory() + variables + " extends "
                + output.file().runtime("StructType") + "<Builder" + variables + ", Reader" + variables + ">");
        FactoryWriter.writeTokens(output, struct, size(shape));
        text.blank();
        writeMakers(shape, "this, ");
        text.close();
    }

    private String size(StructShape shape) {
        var struct = shape.struct().node.getStruct();
        return struct.getDataWordCount() + ", " + struct.getPointerCount() + ", 0x"
                + Long.toHexString(shape.struct().node.getId()) + "L, " + output.compiled(shape.struct());
    }

    private void writeMakers(StructShape shape, String typeArgument) {
        String segment = output.file().runtime("Segment") + " segment, ";
        text.override().open("protected Reader" + shape.variables() + " reader(" + segment + READER_SECTIONS + ")");
        text.line("return new Reader" + shape.diamond() + "(" + typeArgument
                        + "segment, data, dataBits, pointerCount, depthLeft);")
                .close();
        text.blank();
        text.override().open("protected Builder" + shape.variables() + " builder(" + segment + BUILDER_SECTIONS + ")");
        text.line("return new Builder" + shape.diamond() + "(" + typeArgument
                        + "segment, data, dataBits, pointerCount);")
                .close();
        if (shape.struct().node.getScopeId() != 0) {
            writeLists(shape, "reader", READER_SECTIONS, "segment, data, dataBits, pointerCount, depthLeft");
            writeLists(shape, "builder", BUILDER_SECTIONS, "segment, data, dataBits, pointerCount");
        }
    }

    /**
     * The same as the runtime has for all types together, which would have the compiler guess what an element is. Not for the structs of a method's parameters
     * and results that have no name: there are no lists of those.
     */
    private void writeLists(StructShape shape, String maker, String sections, String arguments) {
        String element = Names.capitalized(maker) + shape.variables();
        String list = output.file().runtime("StructList." + Names.capitalized(maker) + "s") + "<" + element + ">";
        String elements = output.file().runtime("Elements");
        text.blank();
        text.override().open("protected " + list + " " + maker + "s(" + elements + " elements)");
        text.open(
                "return new " + output.file().runtime("StructList." + Names.capitalized(maker) + "s") + "<>(elements)");
        text.override()
                .open("protected " + element + " element(" + output.file().runtime("Segment") + " segment, " + sections
                        + ")");
        text.line("return " + maker + "(" + arguments + ");").close();
        text.blank();
        text.override().open("protected " + list + " again(" + elements + " same)");
        text.line("return " + maker + "s(same);").close();
        text.close(";").close();
    }
}
