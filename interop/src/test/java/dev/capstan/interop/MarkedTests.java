package dev.capstan.interop;

import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the test methods that carry {@code @Parity}, by reading class files. Loading the classes is no choice: the tests of the
 * other modules are not on this module's class path.
 */
final class MarkedTests {
    private static final String PARITY = "dev.capstan.testkit.Parity";
    private static final String NESTED = "org.junit.jupiter.api.Nested";
    private static final String TAG = "org.junit.jupiter.api.Tag";
    private static final Pattern TEST_CLASS = Pattern.compile("[^$]*Test(\\$.*)?\\.class");
    private static final Map<String, String> COMPOSED_TAGS =
            Map.of("dev.capstan.testkit.ForeignPeer", "foreign-peer", "dev.capstan.testkit.LongRun", "long-run");

    private final Map<String, Type> types = new HashMap<>();

    /**
     * A test that stands for parity rows.
     *
     * @param id {@code binary.ClassName#method}, the class being the one that is run, not the contract that declares the method
     */
    record MarkedTest(String id, Set<String> rows, Set<String> tags) {}

    private record Type(
            String name,
            @Nullable String superclass,
            List<String> interfaces,
            boolean concrete,
            boolean nested,
            Set<String> tags,
            Map<String, Method> methods) {}

    private record Method(Set<String> rows, Set<String> tags) {}

    private MarkedTests() {}

    /**
     * Tests of every module. As for surefire, a test class is one whose top-level class is called {@code SomethingTest}; all other
     * classes, testkit's included, count as contracts that test classes extend.
     */
    static Map<String, MarkedTest> in(SourceTree tree) {
        List<Path> tests = new ArrayList<>();
        List<Path> contracts = new ArrayList<>();
        for (SourceTree.Module module : tree.modules()) {
            for (Path file : SourceTree.filesEndingWith(module.testClasses(), ".class")) {
                (TEST_CLASS.matcher(file.getFileName().toString()).matches() ? tests : contracts).add(file);
            }
            if (module.name().equals("testkit")) {
                contracts.addAll(SourceTree.filesEndingWith(module.classes(), ".class"));
            }
        }
        return of(tests, contracts);
    }

    static Map<String, MarkedTest> of(Collection<Path> testClassFiles, Collection<Path> contractClassFiles) {
        MarkedTests scan = new MarkedTests();
        contractClassFiles.forEach(scan::read);
        List<Type> candidates = testClassFiles.stream().map(scan::read).toList();
        Map<String, MarkedTest> found = new TreeMap<>();
        for (Type candidate : candidates) {
            if (candidate.concrete() && scan.isRun(candidate)) {
                scan.methodsOf(candidate).forEach((method, mark) -> {
                    if (!mark.rows().isEmpty()) {
                        String id = candidate.name() + "#" + method;
                        Set<String> tags = new TreeSet<>(mark.tags());
                        tags.addAll(scan.tagsAround(candidate));
                        found.put(id, new MarkedTest(id, mark.rows(), tags));
                    }
                });
            }
        }
        return found;
    }

    /** JUnit runs top-level classes, and inner ones that are {@code @Nested} all the way up. */
    private boolean isRun(Type type) {
        String enclosing = enclosing(type.name());
        if (enclosing == null) {
            return true;
        }
        Type around = types.get(enclosing);
        return type.nested() && around != null && isRun(around);
    }

    /** Own methods and inherited ones; an overriding method hides the marks of what it overrides, as it does for JUnit. */
    private Map<String, Method> methodsOf(Type type) {
        Map<String, Method> all = new LinkedHashMap<>();
        for (String parent : type.interfaces()) {
            Type known = types.get(parent);
            if (known != null) {
                all.putAll(methodsOf(known));
            }
        }
        Type superclass = type.superclass() == null ? null : types.get(type.superclass());
        if (superclass != null) {
            all.putAll(methodsOf(superclass));
        }
        all.putAll(type.methods());
        return all;
    }

    private Set<String> tagsAround(Type type) {
        Set<String> tags = new TreeSet<>(type.tags());
        Type superclass = type.superclass() == null ? null : types.get(type.superclass());
        if (superclass != null) {
            tags.addAll(tagsAround(superclass));
        }
        String enclosing = enclosing(type.name());
        Type around = enclosing == null ? null : types.get(enclosing);
        if (around != null) {
            tags.addAll(tagsAround(around));
        }
        return tags;
    }

    private static @Nullable String enclosing(String binaryName) {
        int dollar = binaryName.lastIndexOf('$');
        return dollar < 0 ? null : binaryName.substring(0, dollar);
    }

    private Type read(Path classFile) {
        ClassModel model = ClassFile.of().parse(SourceTree.bytes(classFile));
        Map<String, Method> methods = new LinkedHashMap<>();
        for (MethodModel method : model.methods()) {
            methods.put(method.methodName().stringValue(), new Method(values(method, PARITY), tags(method)));
        }
        boolean concrete =
                !model.flags().has(AccessFlag.ABSTRACT) && !model.flags().has(AccessFlag.INTERFACE);
        Type type = new Type(
                binaryName(model.thisClass()),
                model.superclass().map(MarkedTests::binaryName).orElse(null),
                model.interfaces().stream().map(MarkedTests::binaryName).toList(),
                concrete,
                annotations(model).containsKey(NESTED),
                tags(model),
                methods);
        types.put(type.name(), type);
        return type;
    }

    private static String binaryName(ClassEntry entry) {
        return entry.asInternalName().replace('/', '.');
    }

    private static Set<String> tags(AttributedElement element) {
        Set<String> tags = new TreeSet<>(values(element, TAG));
        annotations(element).keySet().forEach(name -> {
            String composed = COMPOSED_TAGS.get(name);
            if (composed != null) {
                tags.add(composed);
            }
        });
        return tags;
    }

    /** The strings in {@code value} of an annotation, single or array; none without the annotation. */
    private static Set<String> values(AttributedElement element, String annotationName) {
        Set<String> values = new LinkedHashSet<>();
        Annotation annotation = annotations(element).get(annotationName);
        if (annotation != null) {
            for (AnnotationElement part : annotation.elements()) {
                if (part.name().equalsString("value")) {
                    addStrings(part.value(), values);
                }
            }
        }
        return values;
    }

    private static void addStrings(AnnotationValue value, Set<String> into) {
        if (value instanceof AnnotationValue.OfString string) {
            into.add(string.stringValue());
        } else if (value instanceof AnnotationValue.OfArray array) {
            array.values().forEach(member -> addStrings(member, into));
        }
    }

    private static Map<String, Annotation> annotations(AttributedElement element) {
        Map<String, Annotation> byName = new LinkedHashMap<>();
        element.findAttribute(Attributes.runtimeVisibleAnnotations())
                .ifPresent(attribute -> attribute
                        .annotations()
                        .forEach(annotation -> byName.put(
                                annotation.classSymbol().packageName() + "."
                                        + annotation.classSymbol().displayName(),
                                annotation)));
        return byName;
    }
}
