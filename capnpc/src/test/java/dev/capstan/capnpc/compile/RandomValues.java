package dev.capstan.capnpc.compile;

import dev.capstan.capnpc.compile.RandomType.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes values of the types that the generator makes up. */
final class RandomValues {
    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    /** With the equals sign; empty for most fields. */
    String defaultValue(RandomType type) {
        return random.nextInt(4) == 0 && canWrite(type) ? " = " + value(type, 2) : "";
    }

    /** Whether there are literals of the type. Values of generic structs have schemas of their own. */
    boolean canWrite(RandomType type) {
        return switch (type) {
            case RandomType.Simple simple ->
                !simple.isPointer() || List.of("Text", "Data").contains(simple.text());
            case RandomType.ListOf list -> canWrite(list.element()) || isEmptyListPossible(list.element());
            case RandomType.Named named ->
                named.scope().kind == Scope.Kind.ENUM
                        || (named.scope().kind == Scope.Kind.STRUCT
                                && named.scope().isWritten
                                && !named.scope().isGeneric());
            case RandomType.Parameter parameter -> false;
            case RandomType.Alias alias -> false;
        };
    }

    /** The C++ compiler cannot build lists of pointers of any kind, not even empty ones. */
    private static boolean isEmptyListPossible(RandomType element) {
        return switch (element) {
            case RandomType.Simple simple -> false;
            case RandomType.ListOf list -> isEmptyListPossible(list.element());
            case RandomType.Named named -> true;
            case RandomType.Parameter parameter -> false;
            case RandomType.Alias alias -> false;
        };
    }

    String value(RandomType type, int depth) {
        return switch (type) {
            case RandomType.Simple simple -> simple(simple.text());
            case RandomType.ListOf list -> {
                int size = depth <= 0 || !canWrite(list.element()) ? 0 : random.nextInt(4);
                yield IntStream.range(0, size)
                        .mapToObj(i -> value(list.element(), depth - 1))
                        .collect(Collectors.joining(", ", "[", "]"));
            }
            case RandomType.Named named -> {
                Scope scope = named.scope();
                yield scope.kind == Scope.Kind.ENUM
                        ? scope.enumerants.get(random.nextInt(scope.enumerants.size()))
                        : members(scope.fields, depth);
            }
            case RandomType.Parameter parameter -> throw new IllegalArgumentException(parameter.text());
            case RandomType.Alias alias -> throw new IllegalArgumentException(alias.text());
        };
    }

    private String members(List<RandomMember> members, int depth) {
        List<String> set = new ArrayList<>();
        assign(members, depth, set);
        // A single item without a name would be taken for the item itself; ours have names.
        return "(" + String.join(", ", set) + ")";
    }

    private void assign(List<RandomMember> members, int depth, List<String> set) {
        for (RandomMember member : members) {
            if (member.kind == RandomMember.Kind.UNION && member.name.isEmpty()) {
                assign(List.of(member.members.get(random.nextInt(member.members.size()))), depth, set);
            } else if (random.nextBoolean()) {
                assign(member, depth, set);
            }
        }
    }

    private void assign(RandomMember member, int depth, List<String> set) {
        switch (member.kind) {
            case FIELD -> {
                RandomType type = Objects.requireNonNull(member.type);
                if (depth > 0 && canWrite(type)) {
                    set.add(member.name + " = " + value(type, depth - 1));
                }
            }
            case GROUP -> set.add(member.name + " = " + members(member.members, depth - 1));
            case UNION -> {
                RandomMember one = member.members.get(random.nextInt(member.members.size()));
                set.add(member.name + " = " + members(List.of(one), depth - 1));
            }
        }
    }

    private String simple(String type) {
        long bits = random.nextLong() >> random.nextInt(64);
        return switch (type) {
            case "Void" -> "void";
            case "Bool" -> String.valueOf(random.nextBoolean());
            case "Int8" -> String.valueOf((byte) bits);
            case "Int16" -> String.valueOf((short) bits);
            case "Int32" -> String.valueOf((int) bits);
            case "Int64" -> String.valueOf(bits);
            case "UInt8" -> "0x" + Long.toHexString(bits & 0xff);
            case "UInt16" -> String.valueOf(bits & 0xffff);
            case "UInt32" -> "0" + Long.toOctalString(bits & 0xffff_ffffL);
            case "UInt64" -> Long.toUnsignedString(bits);
            case "Float32" -> random.nextInt(5) == 0 ? "-inf" : String.valueOf((float) bits / 16F);
            case "Float64" -> random.nextInt(5) == 0 ? "nan" : String.valueOf((double) bits / 3);
            case "Text" -> "\"t\\x0" + random.nextInt(10) + "ü" + bits + "\"";
            case "Data" -> random.nextBoolean() ? "\"d" + bits + "\"" : "0x\"0" + random.nextInt(10) + " ff\"";
            default -> throw new IllegalArgumentException(type);
        };
    }
}
