package dev.capstan.capnpc;

import java.util.List;

/** Writes the client of an interface: its methods as callers see them. */
final class ClientWriter {
    private final Output output;
    private final SourceText text;
    private final Declaration type;
    private final List<InterfaceMethod> methods;
    private final Parents parents;
    private final String variables;
    private final String cap;

    ClientWriter(Output output, Declaration type, List<InterfaceMethod> methods, Parents parents) {
        this.output = output;
        this.text = output.text();
        this.type = type;
        this.methods = methods;
        this.parents = parents;
        this.variables = StructShape.variables(type);
        this.cap = output.file().use("dev.capstan.cap.Cap");
    }

    void write() {
        TypeNames names = output.names(type);
        String parent = parents.all().isEmpty()
                ? output.file().use("dev.capstan.capnp.Client")
                : names.reader(parents.all().getFirst());
        text.blank()
                .doc(List.of("A reference to a {@code " + type.name
                        + "}, wherever it lives; to be closed by whoever owns it."));
        text.open("public static " + "class Client" + variables + " extends " + parent);
        for (InterfaceMethod method : methods) {
            String ordinal = output.file().use("dev.capstan.cap.Method") + ".Ordinal";
            text.line("private static final " + ordinal + " " + method.constant() + " = new " + ordinal
                    + "(INTERFACE_ID, " + method.ordinal() + ");");
        }
        writeConstructor();
        text.blank().override();
        text.method(
                "public Client" + variables + " share()",
                "return new Client" + (type.isGeneric() ? "<>(cap().share(), type)" : "(cap().share())") + ";");
        parents.besideClient().forEach(this::writeAsParent);
        methods.forEach(this::writeMethod);
        text.close();
    }

    private void writeConstructor() {
        String ofParent = "";
        if (!parents.all().isEmpty()) {
            JavaType.Interface parent = parents.all().getFirst();
            ofParent = parent.declaration().isGeneric()
                    ? ", " + output.names(type).with(TypeParameter::token).token(parent)
                    : "";
        }
        text.blank();
        if (!type.isGeneric()) {
            text.doc(
                    List.of(
                            "Takes ownership of {@code cap}. Nothing is checked: a wrong interface shows with the first call."));
            text.method("public Client(" + cap + " cap)", "super(cap" + ofParent + ");");
            return;
        }
        String factory = type.factory() + variables;
        TypeNames names = output.names(type, "type");
        ofParent = parents.all().isEmpty()
                        || !parents.all().getFirst().declaration().isGeneric()
                ? ""
                : ", " + names.token(parents.all().getFirst());
        text.line("private final " + factory + " type;");
        text.blank()
                .doc(
                        List.of(
                                "Takes ownership of {@code cap}. Nothing is checked: a wrong interface shows with the first call."));
        text.open("public Client(" + cap + " cap, " + factory + " type)");
        text.line("super(cap" + ofParent + ");").line("this.type = type;").close();
    }

    private void writeAsParent(JavaType.Interface parent) {
        TypeNames names = output.names(type, "type");
        String client = names.reader(parent);
        text.blank()
                .doc(List.of(
                        "The same object as a {@code " + parent.declaration().name + "}; the caller owns the client."));
        text.method(
                "public " + client + " "
                        + output.declarations().interfaceNames(type).asParent(parent) + "()",
                "return new " + names.declared(parent.declaration()) + ".Client"
                        + (parent.declaration().isGeneric()
                                ? "<>(cap().share(), " + names.token(parent) + ")"
                                : "(cap().share())")
                        + ";");
    }

    private void writeMethod(InterfaceMethod method) {
        TypeNames names =
                output.names(type).with(p -> method.parameters().contains(p) ? p.token() : "type." + p.token());
        String params = names.builder(method.clientParams());
        String answer = method.isStreaming()
                ? output.file().use("dev.capstan.async.Promise") + "<"
                        + output.file().use("java.lang.Void") + ">"
                : names.nested(
                        method.clientResults().declaration(),
                        "Answer",
                        method.clientResults().arguments());
        String generics = method.parameters().isEmpty() ? "" : StructShape.variables(method.parameters()) + " ";
        String tokenParameters = FactoryWriter.tokenParameters(output, method.parameters());
        String request = method.requestName() + "(" + FactoryWriter.tokens(method.parameters()) + ")";
        text.blank().doc(method.comment());
        if (method.hasParams()) {
            String consumer = output.file().use("java.util.function.Consumer") + "<" + params + "> params";
            String all = tokenParameters.isEmpty() ? consumer : tokenParameters + ", " + consumer;
            text.method(
                    "public " + generics + answer + " " + method.name() + "(" + all + ")",
                    "return " + request + ".send(params);");
        } else {
            text.method(
                    "public " + generics + answer + " " + method.name() + "(" + tokenParameters + ")",
                    "return " + request + ".send();");
        }
        text.blank().doc(List.of("As {@code " + method.name() + "}, in two steps: fill the parameters, then send."));
        String requestHead = method.requestName() + "(" + tokenParameters + ")";
        if (method.isStreaming()) {
            text.method(
                    "public " + generics + output.file().runtime("StreamingRequest") + "<" + params + "> "
                            + requestHead,
                    "return newStreamingRequest(" + method.constant() + ", " + names.token(method.clientParams())
                            + ");");
        } else {
            text.method(
                    "public " + generics + output.file().runtime("Request") + "<" + params + ", " + answer + "> "
                            + requestHead,
                    "return newRequest(" + method.constant() + ", " + names.token(method.clientParams()) + ", "
                            + answerMaker(method, names) + ", " + mayHoldCapabilities(method) + ");");
        }
    }

    private static String answerMaker(InterfaceMethod method, TypeNames names) {
        Declaration results = method.clientResults().declaration();
        String answer = names.declared(results) + ".Answer";
        return results.isGeneric()
                ? "state -> new " + answer + "<>(state, " + names.token(method.clientResults()) + ")"
                : answer + "::new";
    }

    private boolean mayHoldCapabilities(InterfaceMethod method) {
        return new CapabilitySearch(output).mayHoldCapabilities(method.clientResults());
    }
}
