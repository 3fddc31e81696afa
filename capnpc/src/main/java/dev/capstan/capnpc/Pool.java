package dev.capstan.capnpc;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values that the code of a file needs over and over: tokens of lists and of generic types, and default values.
 *
 * <p>They lie in a private class of their own, whose initializer refers to other classes while theirs never refer to anything. So classes
 * can mention each other in circles, and two threads that initialize them at once cannot wait for each other.
 */
final class Pool {
    private final JavaFile file;
    private final @Nullable Declaration top;
    private final String name;
    private final Map<JavaType, String> tokens = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();

    private record Entry(String declaration, String name) {}

    Pool(JavaFile file, @Nullable Declaration top) {
        this.file = file;
        this.top = top;
        this.name = file.declareClass("Pool");
    }

    String token(JavaType type) {
        String known = tokens.get(type);
        if (known != null) {
            return known;
        }
        TypeNames types = types();
        String value = types.newToken(type);
        String token = add(types.tokenClass(type), nameOf(type), value);
        tokens.put(type, token);
        return token;
    }

    /** An expression for a value that is made once. */
    String add(String type, String wantedName, String value) {
        Entry entry = entries.get(type + value);
        if (entry == null) {
            String constant = Names.unique(wantedName, names);
            entry = new Entry("static final " + type + " " + constant + " = " + value + ";", constant);
            entries.put(type + value, entry);
        }
        return name + "." + entry.name();
    }

    private TypeNames types() {
        return new TypeNames(file, this, top, parameter -> {
            throw new IllegalStateException("a type that depends on " + parameter + " is not the same each time");
        });
    }

    private static String nameOf(JavaType type) {
        return switch (type) {
            case JavaType.Scalar scalar -> scalar.name();
            case JavaType.Pointer.ANY -> "ANY_POINTER";
            case JavaType.Pointer pointer -> pointer.name();
            case JavaType.Enumeration(Declaration d) -> Names.constant(d.name);
            case JavaType.Struct(Declaration d, List<JavaType> args) -> Names.constant(d.name) + of(args);
            case JavaType.Interface(Declaration d, List<JavaType> args) -> Names.constant(d.name) + of(args);
            case JavaType.ListOf(JavaType element) -> "LIST_OF_" + nameOf(element);
            case JavaType.OpenListOf(JavaType element) -> "LIST_OF_" + nameOf(element);
            case JavaType.Variable(TypeParameter p) -> Names.constant(p.token());
        };
    }

    private static String of(List<JavaType> args) {
        return args.isEmpty()
                ? ""
                : "_OF_" + String.join("_AND_", args.stream().map(Pool::nameOf).toList());
    }

    void write() {
        if (entries.isEmpty()) {
            return;
        }
        SourceText text = file.text();
        text.blank();
        text.doc(List.of("Made when first used, so that types can refer to each other in circles."));
        text.open("private static final class " + name);
        for (Entry entry : entries.values()) {
            text.line(entry.declaration());
        }
        text.blank().line("private " + name + "() {}");
        text.close();
    }
}
