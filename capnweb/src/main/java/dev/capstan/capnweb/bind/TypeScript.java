package dev.capstan.capnweb.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A module of declarations. Remote interfaces extend {@code RpcTarget}, so that {@code RpcStub<Api>} is what a client has and {@code class Ours extends RpcTarget implements Api} what it may
 * pass; methods return {@code Awaitable}s, as either side may need time. Types are declared in the order in which they are met.
 */
final class TypeScript {
    /** What declarations say themselves. */
    private static final Set<String> TAKEN = Set.of(
            "ArrayBuffer",
            "ArrayBufferView",
            "Awaitable",
            "BigInt64Array",
            "Blob",
            "Date",
            "Error",
            "Float32Array",
            "Float64Array",
            "Headers",
            "Int16Array",
            "Int32Array",
            "Partial",
            "Promise",
            "ReadableStream",
            "Record",
            "Request",
            "Response",
            "RpcStub",
            "RpcTarget",
            "URL",
            "Uint8Array",
            "WritableStream");

    /** Names that Java takes and TypeScript does not. */
    private static final Set<String> RESERVED = Set.of(
            "arguments", "debugger", "delete", "eval", "export", "function", "in", "typeof", "var", "with", "yield");

    private final Map<String, Signature> names = new LinkedHashMap<>();
    private final Map<String, String> declarations = new LinkedHashMap<>();
    private final Set<String> imports = new TreeSet<>();
    private boolean awaits;

    // ---- used by shapes

    /** Declares {@code export type} of {@code body}, unless it is declared; its name. */
    String type(Signature type, Supplier<String> body) {
        return declared(type, name -> "export type " + name + " = " + body.get() + ";\n");
    }

    /** Declares an interface of {@code members}, a line each, unless it is declared; its name. */
    String record(Signature type, Supplier<String> members) {
        return declared(type, name -> "export interface " + name + " {\n" + members.get() + "}\n");
    }

    /** A remote interface by its name, or the type of a function. */
    String reference(Interface face) {
        if (face.isFunction()) {
            Operation function = face.operations().iterator().next();
            return parameters(function) + " => " + result(function);
        }
        return declared(face.type(), name -> {
            imports("RpcTarget");
            String members = face.operations().stream().map(this::member).collect(Collectors.joining());
            return "export interface " + name + " extends RpcTarget {\n" + members + "}\n";
        });
    }

    /** A type of npm's {@code capnweb} is used. */
    void imports(String name) {
        imports.add(name);
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < 0x20 || c == 0x2028 || c == 0x2029) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    /** The name of a member, with quotes if it needs them. */
    static String member(String name) {
        return isIdentifier(name) ? name : quoted(name);
    }

    /** A type as a part of a union. */
    static String inUnion(Shape shape, String type) {
        return shape instanceof ReferenceShape(Interface face) && face.isFunction() ? "(" + type + ")" : type;
    }

    // ---- parts

    private interface Declaration {
        String under(String name);
    }

    private String declared(Signature type, Declaration declaration) {
        String name = name(type);
        Signature other = names.putIfAbsent(name, type);
        if (other == null) {
            if (TAKEN.contains(name) || !isIdentifier(name)) {
                throw new IllegalArgumentException(type.raw().getName() + " cannot be called " + name
                        + " in TypeScript: give it another name with @Named");
            }
            // Keeps its place while what it mentions is declared.
            declarations.put(name, "");
            declarations.put(name, declaration.under(name));
        } else if (!other.equals(type)) {
            throw new IllegalArgumentException(type.raw().getName() + " and "
                    + other.raw().getName() + " are both called " + name
                    + " in TypeScript: give one of them another name with @Named");
        }
        return name;
    }

    private static String name(Signature type) {
        Class<?> raw = type.raw();
        if (raw.isArray()) {
            return name(type.argument(0)) + "Array";
        }
        String name = Records.isCase(raw) ? raw.getSimpleName() : Names.of(raw, raw.getSimpleName());
        return type.arguments().isEmpty()
                ? name
                : name + "Of" + type.arguments().stream().map(TypeScript::name).collect(Collectors.joining("And"));
    }

    private static boolean isIdentifier(String name) {
        return !name.isEmpty()
                && Character.isJavaIdentifierStart(name.charAt(0))
                && name.chars().allMatch(Character::isJavaIdentifierPart)
                && !RESERVED.contains(name);
    }

    private String member(Operation operation) {
        return operation.isProperty()
                ? "  readonly " + member(operation.name()) + ": " + result(operation) + ";\n"
                : "  " + member(operation.name()) + parameters(operation) + ": " + result(operation) + ";\n";
    }

    private String result(Operation operation) {
        awaits = true;
        return "Awaitable<" + operation.result().typescript(this) + ">";
    }

    private String parameters(Operation operation) {
        List<Operation.Parameter> all = operation.parameters();
        int required = all.size();
        while (required > 0 && all.get(required - 1).shape().mayBeMissing()) {
            required--;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Operation.Parameter parameter = all.get(i);
            boolean optional = i >= required;
            Shape shape =
                    optional && parameter.shape() instanceof OptionalShape(Shape present) ? present : parameter.shape();
            String name = isIdentifier(parameter.name()) ? parameter.name() : parameter.name() + "_";
            texts.add(name + (optional ? "?: " : ": ") + shape.typescript(this));
        }
        return "(" + String.join(", ", texts) + ")";
    }

    /** All of it. */
    String module() {
        StringBuilder out = new StringBuilder("// Made from Java interfaces by Capstan; changes will be lost.\n");
        if (!imports.isEmpty()) {
            out.append("import type { ").append(String.join(", ", imports)).append(" } from \"capnweb\";\n");
        }
        if (awaits) {
            out.append("\nexport type Awaitable<T> = T | Promise<T>;\n");
        }
        declarations.values().forEach(each -> out.append('\n').append(each));
        return out.toString();
    }
}
