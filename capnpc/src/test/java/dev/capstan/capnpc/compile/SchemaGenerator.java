package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.compile.RandomType.Scope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes valid schemas by chance: nested and generic types, unions in groups in unions with their ordinals in any order, methods, values,
 * annotations. First the scopes are made up, then their members, which refer to any of them. The same seed gives the same schema.
 */
public final class SchemaGenerator {
    private static final List<String> SIMPLE = List.of(
            "Void",
            "Bool",
            "Bool",
            "Bool",
            "Int8",
            "Int16",
            "Int32",
            "Int64",
            "UInt8",
            "UInt8",
            "UInt16",
            "UInt32",
            "UInt64",
            "Float32",
            "Float64",
            "Text",
            "Data",
            "AnyPointer",
            "AnyStruct",
            "AnyList",
            "Capability");

    private final Random random;
    private final RandomValues values;
    private final StringBuilder out = new StringBuilder();
    private final Scope file = new Scope(Scope.Kind.FILE, "", null);
    private final List<Scope> scopes = new ArrayList<>();
    private int names;

    private SchemaGenerator(long seed) {
        random = new Random(seed);
        values = new RandomValues(random);
    }

    /** A schema of its own id, with an annotation and some declarations. */
    public static String schema(long seed) {
        return new SchemaGenerator(seed).write(seed);
    }

    private String write(long seed) {
        line("@0x%016x;".formatted(Ids.ofContent(Long.toString(seed).getBytes(StandardCharsets.UTF_8))));
        line("annotation note(*) :Text;");
        int declarations = 2 + random.nextInt(5);
        for (int i = 0; i < declarations; i++) {
            invent(file, 0);
        }
        for (Scope scope : file.children) {
            write(scope);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            constant(file);
        }
        return out.toString();
    }

    private void invent(Scope parent, int depth) {
        Scope.Kind kind = pick(List.of(
                Scope.Kind.STRUCT, Scope.Kind.STRUCT, Scope.Kind.STRUCT, Scope.Kind.INTERFACE, Scope.Kind.ENUM));
        Scope scope = new Scope(kind, "T" + names++, parent);
        parent.children.add(scope);
        scopes.add(scope);
        if (kind == Scope.Kind.ENUM) {
            IntStream.range(0, 1 + random.nextInt(6)).forEach(i -> scope.enumerants.add("e" + names++));
            return;
        }
        if (chance(4)) {
            IntStream.range(0, 1 + random.nextInt(3)).forEach(i -> scope.parameters.add("P" + names++));
        }
        if (depth < 3) {
            for (int i = random.nextInt(5) - 2; i > 0; i--) {
                invent(scope, depth + 1);
            }
        }
    }

    private void write(Scope scope) {
        String parameters = scope.parameters.isEmpty() ? "" : "(" + String.join(", ", scope.parameters) + ")";
        switch (scope.kind) {
            case ENUM -> {
                line("enum %s%s {".formatted(scope.name, annotations()));
                List<Integer> order =
                        IntStream.range(0, scope.enumerants.size()).boxed().collect(Collectors.toList());
                Collections.shuffle(order, random);
                order.forEach(i -> line("%s @%d%s;".formatted(scope.enumerants.get(i), i, annotations())));
            }
            case STRUCT -> {
                line("struct %s%s%s {".formatted(scope.name, parameters, annotations()));
                aliases(scope);
                struct(scope);
            }
            default -> {
                line("interface %s%s%s%s {".formatted(scope.name, parameters, superclasses(scope), annotations()));
                aliases(scope);
                methods(scope);
            }
        }
        for (Scope child : scope.children) {
            write(child);
        }
        if (scope.kind != Scope.Kind.ENUM && chance(6)) {
            constant(scope);
        }
        line("}");
    }

    private void aliases(Scope scope) {
        if (chance(4)) {
            String name = "A" + names++;
            String type = type(scope, 2, List.of()).text();
            // An alias for such a list is a list of AnyPointer to the C++ compiler, which it then refuses.
            if (!type.contains("List(AnyList)") && !type.contains("List(Capability)")) {
                line("using %s = %s;".formatted(name, type));
                scope.aliases.add(name);
            }
        }
    }

    private String superclasses(Scope scope) {
        List<String> extended = new ArrayList<>();
        for (Scope other : scopes) {
            // Only from above, so that there are no circles.
            if (other.kind == Scope.Kind.INTERFACE && scopes.indexOf(other) < scopes.indexOf(scope) && chance(3)) {
                extended.add(named(other, scope, 1, List.of()).text());
            }
        }
        return extended.isEmpty() ? "" : " extends(" + String.join(", ", extended) + ")";
    }

    private void struct(Scope scope) {
        members(scope.fields, 1 + random.nextInt(10), 0, true);
        List<RandomMember> fields = new ArrayList<>();
        scope.fields.forEach(member -> member.addFields(fields));
        Collections.shuffle(fields, random);
        List<RandomMember> numbered = new ArrayList<>(fields);
        for (RandomMember member : scope.fields) {
            number(member, numbered);
        }
        for (int i = 0; i < numbered.size(); i++) {
            numbered.get(i).ordinal = i;
        }
        fields.forEach(field -> field.type = type(scope, 2, List.of()));
        scope.fields.forEach(member -> member(member, scope));
        scope.isWritten = true;
    }

    /** A few named unions get a number: it follows that of their first member. */
    private void number(RandomMember member, List<RandomMember> numbered) {
        if (member.kind == RandomMember.Kind.UNION && !member.name.isEmpty() && chance(8)) {
            List<RandomMember> inside = new ArrayList<>();
            member.addFields(inside);
            int first = inside.stream().mapToInt(numbered::indexOf).min().orElseThrow();
            if (member.members.stream().allMatch(one -> one.kind == RandomMember.Kind.FIELD)) {
                numbered.add(first + 1, member);
            }
        }
    }

    private void members(List<RandomMember> members, int count, int depth, boolean mayHaveUnion) {
        boolean unnamed = !mayHaveUnion;
        for (int i = 0; i < count; i++) {
            int roll = random.nextInt(10);
            if (depth < 3 && roll == 0) {
                RandomMember group = new RandomMember(RandomMember.Kind.GROUP, "g" + names++);
                members(group.members, 1 + random.nextInt(4), depth + 1, true);
                members.add(group);
            } else if (depth < 3 && roll <= 2 && (depth == 0 || chance(4))) {
                boolean named = unnamed || chance(2);
                unnamed |= !named;
                RandomMember union = new RandomMember(RandomMember.Kind.UNION, named ? "u" + names++ : "");
                members(union.members, 2 + random.nextInt(4), depth + 1, false);
                members.add(union);
            } else {
                members.add(new RandomMember(RandomMember.Kind.FIELD, "f" + names++));
            }
        }
    }

    private void member(RandomMember member, Scope scope) {
        switch (member.kind) {
            case FIELD -> {
                RandomType type = Objects.requireNonNull(member.type);
                line("%s @%d : %s%s%s;"
                        .formatted(member.name, member.ordinal, type.text(), values.defaultValue(type), annotations()));
            }
            case GROUP -> {
                line("%s :group%s {".formatted(member.name, annotations()));
                member.members.forEach(inner -> member(inner, scope));
                line("}");
            }
            case UNION -> {
                String number = member.ordinal < 0 ? "" : "@" + member.ordinal + "! ";
                line(member.name.isEmpty() ? "union {" : member.name + " " + number + ":union" + annotations() + " {");
                member.members.forEach(inner -> member(inner, scope));
                line("}");
            }
        }
    }

    private void methods(Scope scope) {
        int count = random.nextInt(5);
        List<Integer> order = IntStream.range(0, count).boxed().collect(Collectors.toList());
        Collections.shuffle(order, random);
        for (int ordinal : order) {
            List<String> implicit = chance(5) ? List.of("I" + names++, "I" + names++) : List.of();
            line("m%d @%d %s%s%s%s;"
                    .formatted(
                            names++,
                            ordinal,
                            implicit.isEmpty() ? "" : "[" + String.join(", ", implicit) + "] ",
                            parameters(scope, implicit),
                            chance(6) ? "" : chance(6) ? " -> stream" : " -> " + parameters(scope, implicit),
                            annotations()));
        }
    }

    private String parameters(Scope scope, List<String> implicit) {
        List<Scope> structs =
                scopes.stream().filter(other -> other.kind == Scope.Kind.STRUCT).toList();
        if (chance(4) && !structs.isEmpty()) {
            return named(pick(structs), scope, 1, implicit).text();
        }
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> {
                    RandomType type = type(scope, 2, implicit);
                    return "p" + names++ + " : " + type.text() + values.defaultValue(type) + annotations();
                })
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private void constant(Scope scope) {
        for (int i = 0; i < 10; i++) {
            RandomType type = type(scope, 2, List.of());
            if (values.canWrite(type)) {
                line("const k%d : %s = %s%s;".formatted(names++, type.text(), values.value(type, 3), annotations()));
                return;
            }
        }
    }

    private RandomType type(Scope scope, int depth, List<String> implicit) {
        int roll = random.nextInt(10);
        if (roll < 5) {
            return new RandomType.Simple(pick(SIMPLE));
        }
        if (roll == 5 && depth > 0) {
            RandomType element = type(scope, depth - 1, implicit);
            boolean isListable = !(element instanceof RandomType.Parameter)
                    && !(element instanceof RandomType.Alias)
                    && !List.of("AnyPointer", "AnyStruct").contains(element.text());
            return isListable ? new RandomType.ListOf(element) : new RandomType.Simple("Text");
        }
        if (roll == 6) {
            List<String> visible = new ArrayList<>(implicit);
            for (Scope around = scope; around != null; around = around.parent) {
                visible.addAll(around.parameters);
            }
            return visible.isEmpty() ? new RandomType.Simple("UInt8") : new RandomType.Parameter(pick(visible));
        }
        for (Scope around = scope; roll == 7 && around != null; around = around.parent) {
            if (!around.aliases.isEmpty()) {
                return new RandomType.Alias(pick(around.aliases));
            }
        }
        return named(pick(scopes), scope, depth, implicit);
    }

    /** By its own name where it is visible, else by a path, with arguments or without. */
    private RandomType named(Scope target, Scope from, int depth, List<String> implicit) {
        Scope parent = Objects.requireNonNull(target.parent);
        boolean isVisible = from.isWithin(parent);
        String prefix;
        if (isVisible && chance(2)) {
            prefix = "";
        } else if (parent == file) {
            prefix = ".";
        } else {
            prefix = named(parent, from, depth, implicit).text() + ".";
        }
        String arguments = "";
        if (!target.parameters.isEmpty() && depth > 0 && !chance(4)) {
            arguments = target.parameters.stream()
                    .map(parameter -> pointer(from, depth - 1, implicit).text())
                    .collect(Collectors.joining(", ", "(", ")"));
        }
        return new RandomType.Named(target, prefix + target.name + arguments);
    }

    private RandomType pointer(Scope scope, int depth, List<String> implicit) {
        for (int i = 0; i < 20; i++) {
            RandomType type = type(scope, depth, implicit);
            boolean fits = switch (type) {
                case RandomType.Simple simple ->
                    List.of("Text", "Data", "AnyPointer").contains(simple.text());
                case RandomType.ListOf list -> true;
                case RandomType.Named named -> named.scope().kind != Scope.Kind.ENUM;
                case RandomType.Parameter parameter -> true;
                case RandomType.Alias alias -> false;
            };
            if (fits) {
                return type;
            }
        }
        return new RandomType.Simple("Text");
    }

    private String annotations() {
        return chance(12) ? " $note(\"n" + names++ + "\")" : "";
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
