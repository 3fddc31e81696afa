package dev.capstan.interop;

import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a module lets its users see: each type of an exported package that is public (or protected in one that can be extended), and below it, indented, each of
 * its public and protected members, one a line and sorted. Members that a public type has from a hidden parent count as its own.
 *
 * <p>Left out are generated packages, which their schemas tell of; what the compiler adds; and {@code equals}, {@code hashCode} and {@code toString}, which everything has.
 */
final class PublicApi {
    private static final Pattern QUALIFIER = Pattern.compile("\\b(?:java\\.(?:[a-z]\\w*\\.)+|dev\\.capstan\\.)(?=\\w)");
    private static final Set<String> OF_EVERYTHING = Set.of("equals", "hashCode", "toString");
    private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

    private final Set<String> exported;

    private PublicApi(Set<String> exported) {
        this.exported = exported;
    }

    /** The API of the module compiled into {@code classes}, which is also on the class path. */
    static String of(Path classes) {
        ModuleDescriptor descriptor =
                ModuleDescriptor.read(ByteBuffer.wrap(SourceTree.bytes(classes.resolve("module-info.class"))));
        Set<String> packages = descriptor.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .filter(name -> !isGenerated(name))
                .collect(Collectors.toSet());
        List<Class<?>> types = new ArrayList<>();
        for (Path file : SourceTree.filesEndingWith(classes, ".class")) {
            String name = classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
            int dot = name.lastIndexOf('.');
            if (dot > 0 && packages.contains(name.substring(0, dot)) && !name.endsWith("package-info")) {
                types.add(load(name));
            }
        }
        return new PublicApi(packages).text(types);
    }

    /** As {@link #of(Path)} for types that lie in packages which are exported. */
    static String of(Class<?>... types) {
        Set<String> packages = Arrays.stream(types).map(Class::getPackageName).collect(Collectors.toSet());
        return new PublicApi(packages).text(List.of(types));
    }

    private static boolean isGenerated(String name) {
        return HouseRules.GENERATED.stream()
                .map(root -> "dev.capstan." + root)
                .anyMatch(root -> name.equals(root) || name.startsWith(root + "."));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApi.class.getClassLoader());
        } catch (ClassNotFoundException notOnTheClassPath) {
            throw new IllegalStateException(
                    name + " is compiled but not on the class path of the tests", notOnTheClassPath);
        }
    }

    private String text(List<Class<?>> types) {
        TreeMap<String, String> byName = new TreeMap<>();
        for (Class<?> type : types) {
            if (isVisible(type)) {
                StringBuilder lines = new StringBuilder(header(type)).append('\n');
                members(type).forEach(line -> lines.append("    ").append(line).append('\n'));
                byName.put(type.getName(), lines.toString());
            }
        }
        return String.join("", byName.values());
    }

    private boolean isVisible(@Nullable Class<?> type) {
        if (type == null
                || type.isAnonymousClass()
                || type.isLocalClass()
                || !exported.contains(type.getPackageName())) {
            return false;
        }
        Class<?> around = type.getDeclaringClass();
        return around == null
                ? Modifier.isPublic(type.getModifiers())
                : isVisible(around) && isVisible(type.getModifiers(), around);
    }

    /** Whether a member with these modifiers can be reached by users of {@code owner}; a protected one only if that can be extended. */
    private static boolean isVisible(int modifiers, Class<?> owner) {
        return Modifier.isPublic(modifiers) || (Modifier.isProtected(modifiers) && isExtensible(owner));
    }

    private static boolean isExtensible(Class<?> type) {
        return !Modifier.isFinal(type.getModifiers()) && !type.isSealed();
    }

    private static String header(Class<?> type) {
        int modifiers = type.getModifiers();
        boolean isClass = !type.isInterface() && !type.isEnum() && !type.isRecord();
        StringBuilder line = new StringBuilder(shortened(type.getName().replace('$', '.')));
        line.append(parameters(type.getTypeParameters())).append(": ");
        if (Modifier.isProtected(modifiers)) {
            line.append("protected ");
        }
        if (isClass && Modifier.isAbstract(modifiers)) {
            line.append("abstract ");
        }
        if (isClass && Modifier.isFinal(modifiers)) {
            line.append("final ");
        }
        if (isClass && type.getDeclaringClass() != null && !Modifier.isStatic(modifiers)) {
            line.append("inner ");
        }
        if (type.isSealed() && !type.isEnum()) {
            line.append("sealed ");
        }
        line.append(
                type.isAnnotation()
                        ? "annotation"
                        : type.isInterface()
                                ? "interface"
                                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class");
        Type parent = type.getGenericSuperclass();
        if (isClass && parent != null && parent != Object.class) {
            line.append(" extends ").append(name(parent));
        }
        Type[] interfaces = type.getGenericInterfaces();
        if (interfaces.length > 0 && !type.isAnnotation()) {
            line.append(type.isInterface() ? " extends " : " implements ");
            line.append(names(interfaces));
        }
        return line.toString();
    }

    private Set<String> members(Class<?> type) {
        Set<String> lines = new TreeSet<>();
        addMembers(type, type, lines);
        return lines;
    }

    /** Adds what {@code from} declares, and what it has from parents that have no entry of their own. */
    private void addMembers(Class<?> type, Class<?> from, Set<String> lines) {
        for (Field field : from.getDeclaredFields()) {
            if (isListed(field, type)) {
                lines.add(field(field));
            }
        }
        if (from == type) {
            for (Constructor<?> constructor : from.getDeclaredConstructors()) {
                if (isListed(constructor, type)) {
                    lines.add(modifiers(constructor) + "new" + rest(constructor));
                }
            }
        }
        for (Method method : from.getDeclaredMethods()) {
            boolean isOfEveryEnum = from.isEnum() && OF_EVERY_ENUM.contains(method.getName());
            if (isListed(method, type)
                    && !method.isBridge()
                    && !OF_EVERYTHING.contains(method.getName())
                    && !isOfEveryEnum) {
                lines.add(method(method));
            }
        }
        Stream.concat(Stream.ofNullable(from.getSuperclass()), Arrays.stream(from.getInterfaces()))
                .filter(parent -> exported.contains(parent.getPackageName()) && !isVisible(parent))
                .forEach(parent -> addMembers(type, parent, lines));
    }

    private static boolean isListed(Member member, Class<?> type) {
        return !member.isSynthetic() && isVisible(member.getModifiers(), type);
    }

    private static String field(Field field) {
        if (field.isEnumConstant()) {
            return "constant " + field.getName();
        }
        String isFinal = Modifier.isFinal(field.getModifiers()) ? "final " : "";
        return modifiers(field) + isFinal + name(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String method(Method method) {
        int modifiers = method.getModifiers();
        boolean ofInterface = method.getDeclaringClass().isInterface();
        String kind = ofInterface
                ? method.isDefault() ? "default " : ""
                : Modifier.isAbstract(modifiers)
                        ? "abstract "
                        // A final class has no methods that are not.
                        : Modifier.isFinal(modifiers) && isExtensible(method.getDeclaringClass()) ? "final " : "";
        return modifiers(method) + kind + name(method.getAnnotatedReturnType()) + " " + method.getName() + rest(method);
    }

    private static String modifiers(Member member) {
        int modifiers = member.getModifiers();
        return (Modifier.isProtected(modifiers) ? "protected " : "") + (Modifier.isStatic(modifiers) ? "static " : "");
    }

    /** Type parameters, parameters and exceptions. */
    private static String rest(Executable executable) {
        String list = Arrays.stream(executable.getAnnotatedParameterTypes())
                .map(PublicApi::name)
                .collect(Collectors.joining(", "));
        if (executable.isVarArgs()) {
            list = list.replaceFirst("\\[]$", "...");
        }
        Type[] thrown = executable.getGenericExceptionTypes();
        return parameters(executable.getTypeParameters())
                + "("
                + list
                + ")"
                + (thrown.length == 0 ? "" : " throws " + names(thrown));
    }

    private static String parameters(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables)
                .map(variable -> {
                    String bounds = Arrays.stream(variable.getBounds())
                            .filter(bound -> bound != Object.class)
                            .map(PublicApi::name)
                            .collect(Collectors.joining(" & "));
                    return variable.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
                })
                .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String names(Type[] types) {
        return Arrays.stream(types).map(PublicApi::name).collect(Collectors.joining(", "));
    }

    private static String name(Type type) {
        return shortened(type.getTypeName().replace('$', '.'));
    }

    /** With the annotations on it, which say what may be null. */
    private static String name(AnnotatedType type) {
        return shortened(type.toString()
                .replace("@org.jspecify.annotations.Nullable()", "@Nullable")
                .replace('$', '.'));
    }

    private static String shortened(String name) {
        return QUALIFIER.matcher(name).replaceAll("");
    }
}
