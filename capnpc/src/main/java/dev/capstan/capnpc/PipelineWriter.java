package dev.capstan.capnpc;

import java.util.List;

/** Writes what can be had of a struct before it is there: its pipeline, and the answer to a call that returns it. */
final class PipelineWriter {
    private static final String HANDLE = "pipelineHandle()";

    private final Output output;
    private final SourceText text;
    private final TypeNames names;
    private final StructShape shape;

    PipelineWriter(Output output, StructShape shape) {
        this.output = output;
        this.text = output.text();
        this.names = output.names(shape.struct(), "pipelineType()");
        this.shape = shape;
    }

    private boolean isPipelinable(StructField field) {
        return field.isPipelinable(output.declarations(), output.nodes());
    }

    void writePipeline() {
        List<StructField> fields =
                shape.fields().stream().filter(this::isPipelinable).toList();
        if (shape.isGroup() && fields.isEmpty()) {
            return;
        }
        String pipeline = "Pipeline" + shape.variables();
        String handle = output.file().runtime("PipelineHandle");
        text.blank().doc(List.of("The capabilities in a {@code " + shape.struct().name + "} that is not there yet."));
        text.open("public interface " + pipeline);
        text.doc(List.of("The place of the struct in what is not there yet."));
        text.line(handle + " " + HANDLE + ";");
        if (shape.struct().isGeneric()) {
            text.blank().doc(List.of("What the type parameters stand for."));
            text.line(shape.factory() + " pipelineType();");
        }
        text.blank().doc(List.of("The struct at a place."));
        if (shape.struct().isGeneric()) {
            text.open("static " + shape.variables() + " " + pipeline + " of(" + handle + " handle, " + shape.factory()
                    + " type)");
            text.open("return new Pipeline<>()");
            text.override().method("public " + handle + " " + HANDLE, "return handle;");
            text.blank().override().method("public " + shape.factory() + " pipelineType()", "return type;");
            text.close(";").close();
        } else {
            text.method("static Pipeline of(" + handle + " handle)", "return () -> handle;");
        }
        fields.forEach(this::writeField);
        text.close();
    }

    private void writeField(StructField field) {
        Declaration group = field.group();
        if (group != null) {
            String type = names.declared(group) + ".Pipeline";
            String typeArgument = group.isGeneric() ? ", pipelineType()" : "";
            getter(field, type + shape.variables(), type + ".of(" + HANDLE + typeArgument + ")");
            return;
        }
        String place = HANDLE + ".pointer(" + field.offset() + ")";
        switch (field.type()) {
            case JavaType.Struct(Declaration d, List<JavaType> args) -> {
                String typeArgument = d.isGeneric() ? ", " + names.token(field.type()) : "";
                getter(
                        field,
                        names.nested(d, "Pipeline", args),
                        names.declared(d) + ".Pipeline.of(" + place + typeArgument + ")");
            }
            case JavaType.Interface(Declaration d, List<JavaType> args) -> {
                String creation = d.isGeneric()
                        ? "<>(" + place + ".cap(), " + names.token(field.type()) + ")"
                        : "(" + place + ".cap())";
                getter(field, names.client(d, args), "new " + names.declared(d) + ".Client" + creation);
            }
            case JavaType.Pointer.CAPABILITY ->
                getter(field, output.file().use("dev.capstan.cap.Cap"), place + ".cap()");
            default -> getter(field, output.file().runtime("PipelineHandle"), place);
        }
    }

    private void getter(StructField field, String type, String value) {
        text.blank().doc(field.comment());
        text.method("default " + type + " get" + field.name() + "()", "return " + value + ";");
    }

    void writeAnswer() {
        String variables = shape.variables();
        String answer = output.file().use("dev.capstan.capnp.Answer") + "<Reader" + variables + ">";
        String state = output.file().runtime("AnswerState") + " state";
        text.blank()
                .doc(List.of("The answer to a call that returns a {@code " + shape.struct().name
                        + "}: a promise of it, and its pipeline at once."));
        text.open("public static final class Answer" + variables + " extends " + answer + " implements Pipeline"
                + variables);
        shape.writeTypeField(text);
        text.blank().doc(List.of("For generated code."));
        if (shape.struct().isGeneric()) {
            text.open("public Answer(" + state + ", " + shape.factory() + " type)");
            text.line("super(state, type);").line("this.type = type;").close();
        } else {
            text.method("public Answer(" + state + ")", "super(state, TYPE);");
        }
        text.blank()
                .override()
                .method("public " + output.file().runtime("PipelineHandle") + " " + HANDLE, "return pipeline();");
        if (shape.struct().isGeneric()) {
            text.blank().override().method("public " + shape.factory() + " pipelineType()", "return type;");
        }
        text.close();
    }
}
