package dev.capstan.interop;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Walls 5 to 7: time and chance, shape of the packages, null marks, serialization and reflection. */
final class SourceWalls {
    /** Class to methods of it that reach for a clock, a thread, sleep or chance; {@code *} for each of them. */
    private static final Map<String, Set<String>> TIME_AND_CHANCE = Map.ofEntries(
            Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
            Map.entry("java.lang.Thread", Set.of("<init>", "sleep", "ofVirtual", "ofPlatform", "startVirtualThread")),
            Map.entry("io.netty.util.concurrent.FastThreadLocalThread", Set.of("<init>")),
            Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep")),
            Map.entry("java.util.concurrent.Executors", Set.of("*")),
            Map.entry("java.util.concurrent.ThreadPoolExecutor", Set.of("<init>")),
            Map.entry("java.util.concurrent.ScheduledThreadPoolExecutor", Set.of("<init>")),
            Map.entry("java.util.concurrent.ForkJoinPool", Set.of("<init>", "commonPool")),
            Map.entry(
                    "java.util.concurrent.CompletableFuture",
                    Set.of("supplyAsync", "runAsync", "orTimeout", "completeOnTimeout", "delayedExecutor")),
            Map.entry("java.util.Timer", Set.of("*")),
            Map.entry("java.time.Instant", Set.of("now")),
            Map.entry("java.time.LocalDate", Set.of("now")),
            Map.entry("java.time.LocalTime", Set.of("now")),
            Map.entry("java.time.LocalDateTime", Set.of("now")),
            Map.entry("java.time.OffsetDateTime", Set.of("now")),
            Map.entry("java.time.ZonedDateTime", Set.of("now")),
            Map.entry(
                    "java.time.Clock",
                    Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds", "tickMinutes")),
            Map.entry("java.time.InstantSource", Set.of("system")),
            Map.entry("java.util.Random", Set.of("*")),
            Map.entry("java.util.SplittableRandom", Set.of("*")),
            Map.entry("java.util.concurrent.ThreadLocalRandom", Set.of("*")),
            Map.entry("java.security.SecureRandom", Set.of("*")),
            Map.entry("java.util.random.RandomGenerator", Set.of("of", "getDefault")),
            Map.entry("java.util.random.RandomGeneratorFactory", Set.of("*")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("java.lang.Math", Set.of("random")));

    private static final Map<String, Set<String>> REGISTRIES = Map.of(
            "java.util.ServiceLoader",
            Set.of("*"),
            "java.lang.System",
            Set.of("setProperty", "setProperties", "setOut", "setErr", "setIn"));
    private static final Map<String, Set<String>> SERIALIZATION =
            Map.of("java.io.ObjectInputStream", Set.of("*"), "java.io.ObjectOutputStream", Set.of("*"));
    private static final Set<String> SERIALIZATION_HOOKS = Set.of(
            "readObject",
            "writeObject",
            "readResolve",
            "writeReplace",
            "readObjectNoData",
            "readExternal",
            "writeExternal");
    private static final Map<String, Set<String>> REFLECTION = Map.of(
            "java.lang.Class",
            Set.of(
                    "forName",
                    "newInstance",
                    "getField",
                    "getFields",
                    "getDeclaredField",
                    "getDeclaredFields",
                    "getMethod",
                    "getMethods",
                    "getDeclaredMethod",
                    "getDeclaredMethods",
                    "getConstructor",
                    "getConstructors",
                    "getDeclaredConstructor",
                    "getDeclaredConstructors",
                    "getRecordComponents"),
            "java.lang.invoke.MethodHandles",
            Set.of("privateLookupIn", "reflectAs"),
            "java.lang.invoke.MethodHandles$Lookup",
            Set.of(
                    "defineClass",
                    "defineHiddenClass",
                    "findClass",
                    "unreflect",
                    "unreflectConstructor",
                    "unreflectGetter",
                    "unreflectSetter",
                    "unreflectSpecial",
                    "unreflectVarHandle"));

    private SourceWalls() {}

    /** Wall 4, second half: no registry that is reached from anywhere. */
    static List<String> registries(House house) {
        return house.classesInsideTheWalls()
                .flatMap(type -> accesses(type, REGISTRIES))
                .map(JavaAccess::getDescription)
                .toList();
    }

    /** Wall 5. */
    static List<String> timeAndChance(House house) {
        List<String> broken = new ArrayList<>();
        Set<String> used = new HashSet<>();
        house.classesInsideTheWalls()
                .forEach(type -> accesses(type, TIME_AND_CHANCE).forEach(access -> {
                    if (house.exceptions().timeAndChance().containsKey(house.outermost(type))) {
                        used.add(house.outermost(type));
                    } else {
                        broken.add(access.getDescription());
                    }
                }));
        broken.addAll(House.unused(
                "TIME_AND_CHANCE", house.exceptions().timeAndChance().keySet(), used));
        return broken;
    }

    /** Wall 6: packages that use one another in a ring can be understood only together. */
    static List<String> packageCycles(House house) {
        return SlicesRuleDefinition.slices()
                .matching(house.prefix() + "(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .evaluate(house.imported())
                .getFailureReport()
                .getDetails();
    }

    /** Wall 6: a class that nobody outside its package may extend, and nobody inside does, is final. */
    static List<String> openHiddenClasses(House house) {
        return house.classesInsideTheWalls()
                .filter(type -> !house.isGenerated(type))
                .filter(PublicShare::isNamed)
                .filter(type -> !PublicShare.isPublic(type) && !UsageWalls.isVisible(type))
                .filter(type -> !type.isInterface() && !type.isEnum() && !type.isRecord())
                .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL)
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .filter(type -> type.getSubclasses().isEmpty())
                .map(type -> house.name(type) + " is neither public nor extended, so it is final")
                .toList();
    }

    /** Wall 7: whether this {@code module-info.class} or {@code package-info.class} carries {@code @NullMarked}. */
    static boolean isNullMarked(byte[] classFile) {
        ClassModel model = ClassFile.of().parse(classFile);
        return model.findAttribute(Attributes.runtimeVisibleAnnotations())
                .map(attribute -> attribute.annotations().stream()
                        .anyMatch(annotation ->
                                annotation.className().equalsString("Lorg/jspecify/annotations/NullMarked;")))
                .orElse(false);
    }

    /** Wall 7: no Java serialization. Exceptions are Serializable by birth; what is asked for is not to build on it. */
    static List<String> serialization(House house) {
        Stream<String> calls = house.classesInsideTheWalls()
                .flatMap(type -> accesses(type, SERIALIZATION))
                .map(JavaAccess::getDescription);
        Stream<String> declared = house.classesInsideTheWalls()
                .filter(type -> type.getRawInterfaces().stream()
                        .anyMatch(parent -> parent.getName().equals("java.io.Serializable")
                                || parent.getName().equals("java.io.Externalizable")))
                .map(type -> house.name(type) + " declares itself serializable");
        Stream<String> hooks = house.classesInsideTheWalls()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> SERIALIZATION_HOOKS.contains(method.getName())
                        && method.getRawParameterTypes().stream()
                                .allMatch(parameter -> parameter.getName().startsWith("java.io.Object")))
                .map(method ->
                        house.name(method.getOwner()) + "." + method.getName() + " is a hook of Java serialization");
        return Stream.of(calls, declared, hooks).flatMap(found -> found).toList();
    }

    /** Wall 7: no reflection outside the packages that exist for it. */
    static List<String> reflection(House house) {
        List<String> broken = new ArrayList<>();
        Set<String> used = new HashSet<>();
        house.classesInsideTheWalls().forEach(type -> {
            List<String> found = new ArrayList<>(
                    accesses(type, REFLECTION).map(JavaAccess::getDescription).toList());
            type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency -> dependency
                            .getTargetClass()
                            .getBaseComponentType()
                            .getPackageName()
                            .equals("java.lang.reflect"))
                    .forEach(dependency -> found.add(dependency.getDescription()));
            if (!found.isEmpty() && house.exceptions().reflection().containsKey(house.packageName(type))) {
                used.add(house.packageName(type));
            } else {
                broken.addAll(found);
            }
        });
        broken.addAll(House.unused("REFLECTION", house.exceptions().reflection().keySet(), used));
        return broken;
    }

    /** Calls, constructor calls and method references from the class to one of the members. */
    private static Stream<JavaAccess<?>> accesses(JavaClass type, Map<String, Set<String>> members) {
        return type.getAccessesFromSelf().stream().filter(access -> {
            Set<String> names = members.get(access.getTargetOwner().getName());
            return names != null
                    && (names.contains("*") || names.contains(access.getTarget().getName()));
        });
    }
}
