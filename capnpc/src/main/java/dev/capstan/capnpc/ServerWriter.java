package dev.capstan.capnpc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Writes the server of an interface: its methods as objects implement them, and how calls find them. */
final class ServerWriter {
    private static final String DISPATCH = "dispatch(interfaceId, methodId, call)";

    private final Output output;
    private final SourceText text;
    private final Declaration type;
    private final List<InterfaceMethod> methods;
    private final Parents parents;
    private final String promise;
    private final String exception;

    ServerWriter(Output output, Declaration type, List<InterfaceMethod> methods, Parents parents) {
        this.output = output;
        this.text = output.text();
        this.type = type;
        this.methods = methods;
        this.parents = parents;
        this.promise = output.file().use("dev.capstan.async.Promise") + "<"
                + output.file().use("java.lang.Void") + ">";
        this.exception = output.file().use("java.lang.Exception");
    }

    void write() {
        TypeNames names = output.names(type);
        List<String> bases = new ArrayList<>();
        for (JavaType.Interface parent : parents.extendedByServer()) {
            bases.add(names.nested(parent.declaration(), "Server", parent.arguments()));
        }
        if (bases.isEmpty()) {
            bases.add(output.file().runtime("CapServer"));
        }
        text.blank()
                .doc(List.of("Implemented by objects that are a {@code " + type.name
                        + "}. A method that is not overridden is unimplemented."));
        text.open("public interface Server" + StructShape.variables(type) + " extends " + String.join(", ", bases));
        writeTypeMethods();
        for (JavaType.Interface parent : parents.besideServer()) {
            text.blank()
                    .doc(List.of("The object that answers calls of {@code " + parent.declaration().name
                            + "}; it is asked for each call."));
            text.line(
                    names.nested(parent.declaration(), "Server", parent.arguments()) + " " + asParent(parent) + "();");
        }
        methods.forEach(this::writeMethod);
        writeIsStreaming();
        writeDispatch();
        text.close();
    }

    /** What a generic interface and its generic parents need to know at run time. */
    private void writeTypeMethods() {
        if (type.isGeneric()) {
            text.doc(List.of("What the type parameters stand for: return {@code " + type.name + ".type(...)}."));
            text.line(type.factory() + StructShape.variables(type) + " " + typeMethod(type) + "();");
        }
        TypeNames names = output.names(type, typeMethod(type) + "()");
        for (JavaType.Interface parent : parents.extendedByServer()) {
            if (parent.declaration().isGeneric()) {
                text.blank().override();
                text.method(
                        "default " + names.tokenClass(parent) + " " + typeMethod(parent.declaration()) + "()",
                        "return " + names.token(parent) + ";");
            }
        }
    }

    private String asParent(JavaType.Interface parent) {
        return output.declarations().interfaceNames(type).asParent(parent);
    }

    private String typeMethod(Declaration declaration) {
        return output.declarations().interfaceNames(declaration).typeMethod();
    }

    private void writeMethod(InterfaceMethod method) {
        TypeNames names = output.names(type);
        String context = output.file().runtime("CallContext") + "<" + names.reader(method.serverParams()) + ", "
                + names.builder(method.serverResults()) + ">";
        text.blank().doc(method.comment());
        text.method(
                "default " + promise + " " + method.name() + "(" + context + " context) throws " + exception,
                "return context.unimplemented(\"" + type.displayName() + "\", \"" + method.schemaName() + "\");");
    }

    private void writeIsStreaming() {
        if (!InterfaceMethod.hasStreaming(type, output.declarations())) {
            return;
        }
        List<String> conditions = new ArrayList<>();
        List<String> own = methods.stream()
                .filter(InterfaceMethod::isStreaming)
                .map(m -> "method.methodId() == " + m.ordinal())
                .toList();
        if (!own.isEmpty()) {
            String any = String.join(" || ", own);
            conditions.add("method.interfaceId() == INTERFACE_ID && " + (own.size() > 1 ? "(" + any + ")" : any));
        }
        TypeNames names = output.names(type);
        List<JavaType.Interface> streaming = parents.all().stream()
                .filter(parent -> InterfaceMethod.hasStreaming(parent.declaration(), output.declarations()))
                .toList();
        Set<Declaration> handled = new HashSet<>(Set.of(type));
        for (JavaType.Interface parent : streaming) {
            String ids = newIds(
                    parent.declaration(), handled, "method.interfaceId()", InterfaceMethod::hasOwnStreaming, names);
            if (!ids.isEmpty()) {
                // Of several, only the one that knows the interface is asked: asking all takes for ever in a lattice.
                conditions.add((streaming.size() == 1 ? "" : ids.contains(" || ") ? "(" + ids + ") && " : ids + " && ")
                        + (parents.besideServer().contains(parent)
                                ? asParent(parent) + "()"
                                : names.declared(parent.declaration()) + ".Server.super")
                        + ".isStreaming(method)");
            }
        }
        text.blank()
                .override()
                .open("default boolean isStreaming(" + output.file().use("dev.capstan.cap.Method")
                        + ".Ordinal method)");
        for (int i = 0; i < conditions.size(); i++) {
            text.line(
                    (i == 0 ? "return " : "        || ") + conditions.get(i) + (i + 1 < conditions.size() ? "" : ";"));
        }
        text.close();
    }

    private void writeDispatch() {
        text.blank().override();
        text.open("default " + promise + " dispatch(long interfaceId, int methodId, "
                + output.file().runtime("ServerCall") + " call) throws " + exception);
        if (!methods.isEmpty()) {
            text.open("if (interfaceId == INTERFACE_ID)");
            writeSwitch();
            text.close();
        }
        Set<Declaration> handled = new HashSet<>(Set.of(type));
        TypeNames names = output.names(type);
        for (JavaType.Interface parent : parents.all()) {
            String ids = newIds(parent.declaration(), handled, "interfaceId", ancestor -> true, names);
            if (!ids.isEmpty()) {
                text.open("if (" + ids + ")");
                text.line("return "
                        + (parents.besideServer().contains(parent)
                                ? asParent(parent) + "()"
                                : names.declared(parent.declaration()) + ".Server.super")
                        + "." + DISPATCH + ";");
                text.close();
            }
        }
        text.line("return call.unimplementedInterface(\"" + type.displayName() + "\", interfaceId);")
                .close();
    }

    /** A condition for the id of an interface to be that of one which a parent is and no parent before it was; empty if there is none. */
    private String newIds(
            Declaration parent, Set<Declaration> handled, String id, Predicate<Declaration> counts, TypeNames names) {
        Set<Declaration> reached = new LinkedHashSet<>(List.of(parent));
        reached.addAll(output.declarations().ancestors(parent));
        List<String> ids = new ArrayList<>();
        for (Declaration ancestor : reached) {
            if (counts.test(ancestor) && handled.add(ancestor)) {
                ids.add(id + " == " + names.declared(ancestor) + ".INTERFACE_ID");
            }
        }
        return String.join(" || ", ids);
    }

    private void writeSwitch() {
        boolean open = methods.stream()
                .anyMatch(m -> m.serverParams().isOpen() || m.serverResults().isOpen());
        if (open) {
            text.line(type.factory() + StructShape.variables(type) + " type = " + typeMethod(type) + "();");
        }
        TypeNames names = output.names(type, "type");
        text.open("return switch (methodId)");
        methods.stream()
                .sorted(Comparator.comparingInt(InterfaceMethod::ordinal))
                .forEach(method -> {
                    String call = method.isCancellable() ? "call.allowCancellation()" : "call";
                    text.line("case " + method.ordinal() + " -> " + method.name() + "(" + call + ".context("
                            + names.token(method.serverParams()) + ", " + names.token(method.serverResults()) + "));");
                });
        text.line("default -> call.unimplementedMethod(\"" + type.displayName() + "\", methodId);");
        text.close(";");
    }
}
