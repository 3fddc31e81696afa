package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.testkit.LongRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the generator writes compiles without a warning, also for names and hierarchies that Java makes difficult. */
class CompileTest {
    // The build itself compiles what is checked in, as strictly; one such set here shows that the class path is enough.
    @ParameterizedTest
    @EnumSource(names = {"GOLDEN", "NASTY"})
    @LongRun
    void generated_java_compiles_without_warnings(SchemaSet set, @TempDir Path folder) throws IOException {
        Javac.compile(SchemaSet.generate(set.storedRequest()), folder);
    }

    /** The compilers that we know refuse such lists, but the encoding has them and a request may. */
    @Test
    void lists_of_any_pointer_and_of_a_type_parameter_compile(@TempDir Path folder) throws IOException {
        MessageBuilder message = new MessageBuilder();
        message.setRoot(SchemaSet.parse(SchemaSet.GOLDEN.storedRequest()));
        CodeGeneratorRequest.Builder request = message.getRoot(CodeGeneratorRequest.TYPE);

        elementOf(request, "Lists", "texts")
                .initAnyPointer()
                .initUnconstrained()
                .setAnyKind();
        elementOf(request, "Lists", "datas")
                .initAnyPointer()
                .initUnconstrained()
                .setList();
        Node.Builder map = node(request, "Map");
        elementOf(request, "Map", "entries").initAnyPointer().initParameter().setScopeId(map.getId());

        List<GeneratedFile> files = JavaGenerator.generate(request.asReader());
        assertTrue(text(files, "Lists").contains("public PointerList.Reader<AnyPointer.Reader> getTexts()"));
        assertTrue(text(files, "Lists").contains("public PointerList.Reader<AnyList.Reader> getDatas()"));
        assertTrue(text(files, "Map").contains("public CapnpList<KeyR> getEntries()"));
        Javac.compile(files, folder);
    }

    private static List<GeneratedFile> generate(String schema) {
        Compilation compilation = new Compiler()
                .compile(
                        SourceFiles.of(Map.of("deep.capnp", schema.getBytes(StandardCharsets.UTF_8))),
                        List.of("deep.capnp"));
        return JavaGenerator.generate(compilation.request());
    }

    /** Each level doubles the name of the type in Java. */
    @ParameterizedTest
    @CsvSource({"Box(,7", "List(,7", "Box(,8", "List(,8", "Box(,200", "List(,200"})
    void deep_types_compile_or_are_refused_with_their_place(String level, int depth, @TempDir Path folder)
            throws IOException {
        String schema = "@0xabcdefabcdefabcd; struct Box(T) { t @0 :T; } struct S { a @0 :" + level.repeat(depth)
                + "Text" + ")".repeat(depth) + "; }";
        if (depth < 8) {
            Javac.compile(generate(schema), folder);
        } else {
            String message = String.valueOf(
                    assertThrows(SchemaException.class, () -> generate(schema)).getMessage());
            assertTrue(message.startsWith("deep.capnp:S mentions a type that nests"), message);
        }
    }

    private static String text(List<GeneratedFile> files, String type) {
        return files.stream()
                .filter(file -> file.path().endsWith("/" + type + ".java"))
                .findFirst()
                .orElseThrow()
                .content();
    }

    private static Node.Builder node(CodeGeneratorRequest.Builder request, String name) {
        StructList.Builder<Node.Builder> nodes = request.getNodes();
        return nodes.stream()
                .filter(n -> n.getDisplayName().endsWith(":" + name))
                .findFirst()
                .orElseThrow();
    }

    private static Type.Builder elementOf(CodeGeneratorRequest.Builder request, String struct, String field) {
        StructList.Builder<Field.Builder> fields =
                node(request, struct).getStruct().getFields();
        return fields.stream()
                .filter(f -> f.getName().equals(field))
                .findFirst()
                .orElseThrow()
                .getSlot()
                .getType()
                .getList()
                .getElementType();
    }
}
