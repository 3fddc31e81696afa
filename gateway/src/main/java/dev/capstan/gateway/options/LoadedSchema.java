package dev.capstan.gateway.options;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.dynamic.ConstSchema;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.dynamic.EnumSchema;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.SchemaException;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A schema file, compiled and loaded, or a set of files that was compiled before: the types and values that names in it stand for. */
public final class LoadedSchema {
    /** Whoever names a file of one's own knows what is in it: only what can be read at all. */
    public static final Limits LIMITS = new Limits(1L << 40, 512, 1 << 16);

    /** A name with subscripts, as in {@code list[1][2]}. */
    private static final Pattern STEP = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)((?:\\[[0-9]+])*)");

    private static final Pattern SUBSCRIPT = Pattern.compile("\\[([0-9]+)]");

    private final SchemaLoader loader;
    /** More than one in a set. */
    private final List<Schema> files;

    private LoadedSchema(SchemaLoader loader, List<Schema> files) {
        this.loader = loader;
        this.files = files;
    }

    /** Loads a set, or compiles and loads a schema; null after its problems were told. */
    public static @Nullable LoadedSchema of(
            Path file, Path workingFolder, List<SourceFiles> importRoots, PrintWriter err) throws InputException {
        SchemaArguments arguments = new SchemaArguments(workingFolder, List.of());
        SchemaPath found = arguments.locate(file);
        byte[] content = content(workingFolder.resolve(file), file);
        if (isCompiled(content)) {
            try {
                return of(
                        file,
                        MessageReader.of(content, 0, content.length, LIMITS).root(CodeGeneratorRequest.TYPE));
            } catch (MessageException e) {
                throw noSet(file, e);
            }
        }
        Compilation compilation = new Compiler(importRoots).compile(List.of(found));
        compilation.problems().forEach(err::println);
        if (!compilation.succeeded()) {
            return null;
        }
        return of(file, compilation.request());
    }

    private static byte[] content(Path at, Path file) throws InputException {
        try {
            return Files.readAllBytes(at);
        } catch (IOException e) {
            throw new InputException(file + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    /** Whether this is a message, which begins with small numbers of four bytes each, and no text. */
    private static boolean isCompiled(byte[] content) {
        for (int i = 0; i < Math.min(content.length, Long.BYTES); i++) {
            if (content[i] == 0) {
                return true;
            }
        }
        return false;
    }

    private static InputException noSet(Path file, RuntimeException why) {
        return new InputException(file
                + " is neither a schema nor a compiled set of them, as capnp compile -o- FILE... > SET writes it: "
                + why.getMessage());
    }

    private static LoadedSchema of(Path file, CodeGeneratorRequest.Reader request) throws InputException {
        dev.capstan.capnp.dynamic.Limits limits = dev.capstan.capnp.dynamic.Limits.DEFAULT;
        // It is the user's own schema, however large: what the compiler took can be used.
        int nodes = 2 * request.getNodes().size();
        SchemaLoader loader = new SchemaLoader(
                limits.withNodes(Math.max(limits.nodes(), nodes)).withBrands(Math.max(limits.brands(), nodes)));
        try {
            List<Schema> files = loader.load(request);
            if (files.isEmpty()) {
                throw new InputException(file + " is a compiled set without a file.");
            }
            return new LoadedSchema(loader, files);
        } catch (SchemaException e) {
            throw new InputException(file + ": " + e.getMessage());
        }
    }

    /** The file that declares a name; the first one if none does. */
    private Schema file(String name) {
        return files.stream()
                .filter(file -> nested(file, name) != null)
                .findFirst()
                .orElse(files.getFirst());
    }

    /** All that was loaded. */
    public SchemaLoader loader() {
        return loader;
    }

    /** The struct that is declared under a name, with dots between the names of nested ones. */
    public StructSchema struct(String name) throws InputException {
        if (declaration(name) instanceof StructSchema struct) {
            return struct;
        }
        throw new InputException("'" + name + "' is no struct, so no message can be of that type.");
    }

    /** The interface that is declared under a name, as {@link #struct}; the first one of the file if there is no name. */
    public InterfaceSchema interfaceType(@Nullable String name) throws InputException {
        if (name != null) {
            if (declaration(name) instanceof InterfaceSchema found) {
                return found;
            }
            throw new InputException("'" + name + "' is no interface, so nothing of that type can be called.");
        }
        for (Schema file : files) {
            for (Node.NestedNode.Reader nested : file.node().getNestedNodes()) {
                if (loader.tryGet(nested.getId()) instanceof InterfaceSchema found) {
                    return found;
                }
            }
        }
        Schema file = files.getFirst();
        throw new InputException(file.displayName() + " declares no interface. Declared are: " + declared(file)
                + " Name one that is nested with --interface.");
    }

    /** What is declared under a name, with dots between the names of nested ones. */
    public Schema declaration(String name) throws InputException {
        String[] parts = name.split("\\.", -1);
        Schema found = file(parts[0]);
        for (String part : parts) {
            Schema inner = nested(found, part);
            if (inner == null) {
                throw new InputException("'" + part + "' is not declared in " + found.displayName() + ". Declared are: "
                        + declared(found));
            }
            found = inner;
        }
        return found;
    }

    private static String declared(Schema scope) {
        List<String> names = scope.node().getNestedNodes().stream()
                .map(Node.NestedNode.Reader::getName)
                .toList();
        return names.isEmpty() ? "nothing." : String.join(", ", names) + ".";
    }

    private @Nullable Schema nested(Schema scope, String name) {
        for (Node.NestedNode.Reader nested : scope.node().getNestedNodes()) {
            if (nested.getName().equals(name)) {
                return loader.tryGet(nested.getId());
            }
        }
        return null;
    }

    /** The value of a constant, the default of a field, or what lies in one of them: {@code Outer.someConstant.list[1].field}. */
    public DynamicValue value(String path) throws InputException {
        String[] steps = path.split("\\.", -1);
        for (String step : steps) {
            parse(step, path);
        }
        Schema scope = file(parse(steps[0], path).group(1));
        int at = 0;
        boolean atSubscript = false;
        while (at < steps.length && !atSubscript) {
            Matcher name = parse(steps[at], path);
            Schema inner = nested(scope, name.group(1));
            if (inner == null) {
                break;
            }
            scope = inner;
            atSubscript = !name.group(2).isEmpty();
            at += atSubscript ? 0 : 1;
        }
        DynamicValue value = start(scope, atSubscript, at < steps.length ? steps[at] : null);
        for (; at < steps.length; at++) {
            Matcher name = parse(steps[at], path);
            if (!atSubscript) {
                value = field(value, name.group(1), at == 0 ? path : steps[at - 1]);
            }
            value = elements(value, name);
            atSubscript = false;
        }
        return value;
    }

    /** @param rest the step that is to be looked up in the value, if there is one */
    private static DynamicValue start(Schema scope, boolean atSubscript, @Nullable String rest) throws InputException {
        if (scope instanceof ConstSchema constant) {
            return constant.value();
        }
        if (atSubscript) {
            throw new InputException("'" + scope.shortName() + "' is not a list.");
        }
        if (rest == null) {
            throw new InputException(
                    "'" + scope.shortName() + "' cannot be evaluated. It is neither a constant nor a field.");
        }
        if (scope instanceof StructSchema struct) {
            return defaults(struct);
        }
        if (scope instanceof EnumSchema type) {
            throw new InputException(
                    type.findEnumerant(rest) == null
                            ? "'" + scope.shortName() + "' has no enumerant '" + rest + "'."
                            : "'" + rest + "' is an enumerant of " + scope.shortName()
                                    + ", not a constant. Only constants and fields can be evaluated.");
        }
        throw new InputException(
                "'" + rest + "' is not declared in " + scope.displayName() + ". Declared are: " + declared(scope));
    }

    private static Matcher parse(String step, String path) throws InputException {
        Matcher name = STEP.matcher(step);
        if (!name.matches()) {
            throw new InputException("'" + path
                    + "' is not a name. Write names with dots between and subscripts behind, like a.b[1].c.");
        }
        return name;
    }

    private static DynamicStruct.Reader defaults(StructSchema struct) {
        return MessageReader.of(List.of(new byte[8]), Limits.DEFAULT).root(struct.structType());
    }

    private static DynamicValue field(DynamicValue value, String name, String parent) throws InputException {
        if (!(value instanceof DynamicStruct.Reader struct)) {
            throw new InputException("'" + parent + "' is not a struct, so it has no member '" + name + "'.");
        }
        StructSchema.Field field = struct.schema().findField(name);
        if (field == null) {
            throw new InputException("'" + parent + "' has no member '" + name + "'. It has "
                    + struct.schema().fieldsInCodeOrder() + ".");
        }
        try {
            return struct.get(field);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage() == null ? "'" + name + "' is not set." : e.getMessage());
        }
    }

    private static DynamicValue elements(DynamicValue value, Matcher name) throws InputException {
        DynamicValue inner = value;
        Matcher subscript = SUBSCRIPT.matcher(name.group(2));
        while (subscript.find()) {
            String before = name.group(1) + name.group(2).substring(0, subscript.start());
            if (!(inner instanceof DynamicList.Reader list)) {
                throw new InputException("'" + before + "' is not a list.");
            }
            String digits = subscript.group(1);
            int index = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
            if (index >= list.size()) {
                throw new InputException("'" + before + subscript.group() + "' is out of bounds: the list has "
                        + list.size() + " elements.");
            }
            inner = list.get(index);
        }
        return inner;
    }
}
