package dev.capstan.interop;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Wall 4: no mutable static state. A static field is final and of a type that cannot change:
 *
 * <ul>
 *   <li>a primitive, a value of the JDK, a handle, a logger, a functional interface of the JDK;
 *   <li>a List, Set or Map that the static initialiser takes straight from {@code List.of} and the like;
 *   <li>an array of no elements, or a bare {@code new Object()} that serves as a token;
 *   <li>a type of ours whose instance fields, with those of its superclasses and of every known subclass, are final and again of
 *       such a type. A record's collections are trusted: a value copies them in its constructor.
 * </ul>
 */
final class StateWalls {
    private static final Set<String> VALUES = Set.of(
            "java.lang.String",
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.lang.Void",
            "java.lang.Class",
            "java.lang.Runnable",
            "java.lang.ScopedValue",
            "java.lang.StackWalker",
            "java.lang.System$Logger",
            "java.lang.invoke.MethodHandle",
            "java.lang.invoke.MethodHandles$Lookup",
            "java.lang.invoke.MethodType",
            "java.lang.invoke.VarHandle",
            "java.math.BigDecimal",
            "java.math.BigInteger",
            "java.math.MathContext",
            "java.net.URI",
            "java.nio.ByteOrder",
            "java.nio.charset.Charset",
            "java.util.Comparator",
            "java.util.HexFormat",
            "java.util.Locale",
            "java.util.UUID",
            "java.util.regex.Pattern");
    private static final List<String> VALUE_PACKAGES = List.of(
            "java.time.",
            "java.util.function.",
            "java.lang.constant.",
            "java.lang.foreign.ValueLayout",
            "java.lang.foreign.StructLayout",
            "java.lang.foreign.MemoryLayout",
            "java.lang.foreign.FunctionDescriptor");
    private static final Set<String> COLLECTIONS = Set.of(
            "java.util.Collection",
            "java.util.SequencedCollection",
            "java.util.List",
            "java.util.Set",
            "java.util.SequencedSet",
            "java.util.Map",
            "java.util.SequencedMap");
    private static final Set<String> COLLECTION_MAKERS = Set.of(
            "java/util/List.of",
            "java/util/List.copyOf",
            "java/util/Set.of",
            "java/util/Set.copyOf",
            "java/util/Map.of",
            "java/util/Map.ofEntries",
            "java/util/Map.copyOf",
            "java/util/stream/Stream.toList");

    private final House house;
    private final Set<String> statics = new HashSet<>();
    private final Set<String> contracts = new HashSet<>();

    private StateWalls(House house) {
        this.house = house;
    }

    static List<String> mutableStatics(House house) {
        StateWalls walls = new StateWalls(house);
        List<String> broken = new ArrayList<>();
        house.classesInsideTheWalls().forEach(type -> walls.check(type, broken));
        broken.addAll(House.unused("STATICS", house.exceptions().statics().keySet(), walls.statics));
        broken.addAll(House.unused(
                "IMMUTABLE_BY_CONTRACT",
                house.exceptions().immutableByContract().keySet(),
                walls.contracts));
        return broken;
    }

    private void check(JavaClass type, List<String> broken) {
        for (JavaField field : type.getFields()) {
            Set<JavaModifier> modifiers = field.getModifiers();
            // The compiler's own: enum values, switch tables, the assertion flag.
            if (!modifiers.contains(JavaModifier.STATIC) || modifiers.contains(JavaModifier.SYNTHETIC)) {
                continue;
            }
            String name = house.name(type) + "." + field.getName();
            if (isConstant(field)) {
                continue;
            }
            if (house.exceptions().statics().containsKey(name)) {
                statics.add(name);
                continue;
            }
            broken.add(name + " is static and "
                    + (modifiers.contains(JavaModifier.FINAL) ? "may change inside: " : "not final: ")
                    + field.getRawType().getName());
        }
    }

    private boolean isConstant(JavaField field) {
        if (!field.getModifiers().contains(JavaModifier.FINAL)) {
            return false;
        }
        JavaClass type = field.getRawType();
        if (COLLECTIONS.contains(type.getName())) {
            return initialisedBy(field, StateWalls::makesFixedCollection);
        }
        if (type.getName().equals("java.lang.Object")) {
            return initialisedBy(field, StateWalls::makesToken);
        }
        return type.isArray() ? initialisedBy(field, StateWalls::makesEmptyArray) : isImmutable(type, new HashSet<>());
    }

    /**
     * Whether everything that can be reached from a reference of this type is fixed. {@code seen} holds the types under
     * examination: a type that holds its own kind is fixed if nothing else speaks against it.
     */
    private boolean isImmutable(JavaClass type, Set<JavaClass> seen) {
        if (type.isArray()) {
            return false;
        }
        if (!house.owns(type)) {
            return type.isPrimitive()
                    || type.isEnum()
                    || VALUES.contains(type.getName())
                    || House.startsWithAny(VALUE_PACKAGES).test(type.getName());
        }
        if (house.exceptions().immutableByContract().containsKey(house.outermost(type))) {
            contracts.add(house.outermost(type));
            return true;
        }
        return !seen.add(type)
                || (hasFixedFields(type, seen)
                        && type.getAllSubclasses().stream().allMatch(subclass -> isImmutable(subclass, seen)));
    }

    private boolean hasFixedFields(JavaClass type, Set<JavaClass> seen) {
        return type.getAllFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                // Enum caches its hash in a field of its own.
                .filter(field -> !field.getOwner().getName().equals("java.lang.Enum"))
                .allMatch(field -> field.getModifiers().contains(JavaModifier.FINAL)
                        && (isTrustedCollection(field) || isImmutable(field.getRawType(), seen)));
    }

    private static boolean isTrustedCollection(JavaField field) {
        return field.getOwner().isRecord()
                && COLLECTIONS.contains(field.getRawType().getName());
    }

    private interface Initialiser {
        boolean matches(List<Instruction> before);
    }

    /** Whether the static initialiser stores into the field exactly what {@code initialiser} accepts. */
    private static boolean initialisedBy(JavaField field, Initialiser initialiser) {
        ClassModel model = ClassFile.of()
                .parse(SourceTree.bytes(
                        Path.of(field.getOwner().getSource().orElseThrow().getUri())));
        List<Instruction> before = new ArrayList<>();
        for (MethodModel method : model.methods()) {
            if (!method.methodName().equalsString("<clinit>")) {
                continue;
            }
            for (CodeElement element : method.code().orElseThrow()) {
                if (element instanceof FieldInstruction store
                        && store.opcode() == Opcode.PUTSTATIC
                        && store.name().equalsString(field.getName())) {
                    return initialiser.matches(before);
                }
                // A cast between the call and the store changes nothing.
                if (element instanceof Instruction instruction && !(instruction instanceof TypeCheckInstruction)) {
                    before.addFirst(instruction);
                }
            }
        }
        return false;
    }

    private static boolean makesFixedCollection(List<Instruction> before) {
        return !before.isEmpty()
                && before.getFirst() instanceof InvokeInstruction call
                && COLLECTION_MAKERS.contains(
                        call.owner().asInternalName() + "." + call.name().stringValue());
    }

    /** {@code new Object()}, which has nothing but its identity. */
    private static boolean makesToken(List<Instruction> before) {
        return !before.isEmpty()
                && before.getFirst() instanceof InvokeInstruction call
                && call.owner().asInternalName().equals("java/lang/Object")
                && call.name().equalsString("<init>");
    }

    private static boolean makesEmptyArray(List<Instruction> before) {
        return before.size() > 1
                && (before.getFirst().opcode() == Opcode.NEWARRAY
                        || before.getFirst().opcode() == Opcode.ANEWARRAY)
                && before.get(1) instanceof ConstantInstruction length
                && length.constantValue().equals(0);
    }
}
