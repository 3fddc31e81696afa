package dev.capstan.capnpc;

import java.util.Set;

/**
 * How names of a schema become names in Java. A name that Java cannot take gets an underscore at its end, until it can; schema names hold no
 * underscores, so what comes out is never the name of something else.
 */
final class Names {
    /** What the generator itself declares in each type; a declaration of such a name is renamed, wherever it stands. */
    private static final Set<String> GENERATED =
            Set.of("Reader", "Builder", "Pipeline", "Answer", "Which", "Client", "Server");

    private static final Set<String> KEYWORDS = Set.of(
            "_",
            "abstract",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "catch",
            "char",
            "class",
            "const",
            "continue",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extends",
            "false",
            "final",
            "finally",
            "float",
            "for",
            "goto",
            "if",
            "implements",
            "import",
            "instanceof",
            "int",
            "interface",
            "long",
            "native",
            "new",
            "null",
            "package",
            "private",
            "protected",
            "public",
            "return",
            "short",
            "static",
            "strictfp",
            "super",
            "switch",
            "synchronized",
            "this",
            "throw",
            "throws",
            "transient",
            "true",
            "try",
            "void",
            "volatile",
            "while");

    private Names() {}

    /**
     * The name of a type that is declared as {@code name}, if nothing around it has that name already. Case does not count: it does not in names of class files on
     * Windows and macOS.
     */
    static String type(String name) {
        return GENERATED.stream().anyMatch(name::equalsIgnoreCase) ? name + "_" : name;
    }

    /** A variable, parameter or method that is declared as {@code name}. */
    static String member(String name) {
        return KEYWORDS.contains(name) ? name + "_" : name;
    }

    /** {@code fooBar} as {@code FOO_BAR}. */
    static String constant(String name) {
        StringBuilder constant = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (i > 0 && Character.isUpperCase(c)) {
                boolean afterLower = !Character.isUpperCase(name.charAt(i - 1));
                boolean beforeLower = i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
                if (afterLower || beforeLower) {
                    constant.append('_');
                }
            }
            constant.append(Character.toUpperCase(c));
        }
        return constant.toString();
    }

    static String capitalized(String name) {
        return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    static String uncapitalized(String name) {
        return name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** Whether a name of the schema, which holds letters and digits of ASCII, can be part of a name in Java. */
    static boolean isIdentifier(String name) {
        return !name.isEmpty()
                && !Character.isDigit(name.charAt(0))
                && name.chars().allMatch(c -> isAscii((char) c) || c == '_');
    }

    /** The file's name without folders, which differ from machine to machine, fit for comments and strings. */
    static String fileName(String path) {
        StringBuilder name = new StringBuilder(path.substring(path.lastIndexOf('/') + 1));
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Character.isLetterOrDigit(c) && ".:+-_$ ".indexOf(c) < 0) {
                name.setCharAt(i, '_');
            }
        }
        return name.toString();
    }

    /** The file's name without folders and extension. */
    static String baseName(String path) {
        String name = fileName(path);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** The package of a file that names none. */
    static String defaultPackage(String fileName) {
        StringBuilder name = new StringBuilder();
        for (char c : baseName(fileName).toCharArray()) {
            name.append(isAscii(c) ? Character.toLowerCase(c) : '_');
        }
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
            name.insert(0, '_');
        }
        // Nobody but the JDK may use a package of this name.
        return name.toString().equals("java") ? "java_" : member(name.toString());
    }

    /** The class of the constants that a file declares outside any type: {@code my-file.capnp} gives {@code MyFileConstants}. */
    static String constantsClass(String fileName) {
        return fileClass(fileName) + "Constants";
    }

    /** The class of a file's nodes: {@code my-file.capnp} gives {@code MyFileNodes}. */
    static String nodesClass(String fileName) {
        return fileClass(fileName) + "Nodes";
    }

    private static String fileClass(String fileName) {
        StringBuilder name = new StringBuilder();
        boolean first = true;
        for (char c : baseName(fileName).toCharArray()) {
            if (isAscii(c)) {
                name.append(first ? Character.toUpperCase(c) : c);
            }
            first = !isAscii(c);
        }
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
            name.insert(0, "File");
        }
        return name.toString();
    }

    /** Checks a package that a schema names. */
    static boolean isPackage(String name) {
        for (String part : name.split("\\.", -1)) {
            if (part.isEmpty()
                    || KEYWORDS.contains(part)
                    || !Character.isJavaIdentifierStart(part.charAt(0))
                    || !part.chars().allMatch(Names::isVisiblePart)) {
                return false;
            }
        }
        return true;
    }

    /** A text of the schema as an error may quote it. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isIdentifierIgnorable(c) || Character.isISOControl(c)) {
                printable.append("\\u%04x".formatted(c));
            } else {
                printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }

    /** Java also allows control characters in names and ignores them: no name of a folder. */
    private static boolean isVisiblePart(int c) {
        return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    private static boolean isAscii(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** As {@link #unique} for a class that the generator invents; also no other name is the same where case does not count in names of files. */
    @SafeVarargs
    static String uniqueFile(String name, Set<String> taken, Set<String>... alsoTaken) {
        String candidate = name;
        while (contains(candidate, taken, alsoTaken) || taken.stream().anyMatch(candidate::equalsIgnoreCase)) {
            candidate += "_";
        }
        taken.add(candidate);
        return candidate;
    }

    /** {@code name}, with as many underscores as it takes to be in none of the sets; it is added to the first of them. */
    @SafeVarargs
    static String unique(String name, Set<String> taken, Set<String>... alsoTaken) {
        String candidate = name;
        while (contains(candidate, taken, alsoTaken)) {
            candidate += "_";
        }
        taken.add(candidate);
        return candidate;
    }

    @SafeVarargs
    private static boolean contains(String name, Set<String> taken, Set<String>... alsoTaken) {
        for (Set<String> set : alsoTaken) {
            if (set.contains(name)) {
                return true;
            }
        }
        return taken.contains(name);
    }
}
