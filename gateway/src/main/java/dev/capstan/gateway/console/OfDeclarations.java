package dev.capstan.gateway.console;

import dev.capstan.gateway.console.Description.Interface;
import dev.capstan.gateway.console.Description.Kind;
import dev.capstan.gateway.console.Description.Member;
import dev.capstan.gateway.console.Description.Method;
import dev.capstan.gateway.console.Description.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Describes an object of Cap'n Web by the TypeScript that {@link dev.capstan.capnweb.bind.Binder#declarations} makes of its interface: a member a line. The service's own interface is the first
 * one that is declared.
 */
final class OfDeclarations {
    private static final Pattern HEAD = Pattern.compile("export interface (\\S+) extends RpcTarget \\{");
    private static final Pattern CHOICES = Pattern.compile("export type (\\S+) = (\"[^;]*\");");
    private static final Pattern METHOD = Pattern.compile("  (\\w+)\\((.*)\\): Awaitable<(.*)>;");
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)\\??: (.*)");

    private final Map<String, List<String>> interfaces = new LinkedHashMap<>();
    private final Map<String, List<String>> choices = new HashMap<>();

    private OfDeclarations(String declarations) {
        List<String> members = new ArrayList<>();
        for (String line : declarations.lines().toList()) {
            Matcher head = HEAD.matcher(line);
            Matcher options = CHOICES.matcher(line);
            if (head.matches()) {
                members = new ArrayList<>();
                interfaces.put(head.group(1), members);
            } else if (options.matches()) {
                choices.put(
                        options.group(1),
                        Stream.of(options.group(2).split("\\|"))
                                .map(each -> each.strip().replace("\"", ""))
                                .toList());
            } else if (line.equals("}")) {
                members = new ArrayList<>();
            } else {
                members.add(line);
            }
        }
    }

    static Service describe(String name, String declarations) {
        OfDeclarations all = new OfDeclarations(declarations);
        if (all.interfaces.isEmpty()) {
            throw new IllegalArgumentException("the declarations of " + name
                    + " have no interface that extends RpcTarget: make them with Binder.declarations(TheApi.class)");
        }
        List<Interface> described = new ArrayList<>();
        all.interfaces.forEach((type, members) -> described.add(new Interface(type, all.methods(members))));
        return new Service(name, "capnweb", described.getFirst().name(), described);
    }

    private List<Method> methods(List<String> members) {
        List<Method> methods = new ArrayList<>();
        for (String line : members) {
            Matcher method = METHOD.matcher(line);
            if (method.matches()) {
                List<Member> takes = new ArrayList<>();
                for (String each : parameters(method.group(2))) {
                    Matcher parameter = PARAMETER.matcher(each);
                    if (parameter.matches()) {
                        takes.add(member(parameter.group(1), parameter.group(2)));
                    }
                }
                String gives = method.group(3);
                methods.add(new Method(
                        method.group(1),
                        false,
                        false,
                        takes,
                        gives.equals("void") ? List.of() : List.of(member("", gives))));
            }
        }
        return methods;
    }

    private Member member(String name, String type) {
        return new Member(name, type, kind(type), choices.getOrDefault(type, List.of()));
    }

    private Kind kind(String type) {
        if (interfaces.containsKey(type)) {
            return Kind.OBJECT;
        }
        if (choices.containsKey(type)) {
            return Kind.CHOICE;
        }
        if (type.startsWith("(")) {
            return Kind.FUNCTION;
        }
        return switch (type.replaceFirst("<.*", "")) {
            case "number" -> Kind.NUMBER;
            case "boolean" -> Kind.FLAG;
            case "string" -> Kind.TEXT;
            case "Uint8Array" -> Kind.BYTES;
            case "ReadableStream" -> Kind.READABLE;
            case "WritableStream" -> Kind.WRITABLE;
            default -> Kind.VALUE;
        };
    }

    /** What stands between the commas that are not inside of brackets. */
    private static List<String> parameters(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("(<[{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0 || (c == '>' && text.charAt(i - 1) != '=')) {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        String last = text.substring(from).strip();
        if (!last.isEmpty()) {
            parts.add(last);
        }
        return parts;
    }
}
