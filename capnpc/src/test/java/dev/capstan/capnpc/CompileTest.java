package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Field;
import dev.capstan.capnp.schema.Node;
import dev.capstan.capnp.schema.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the generator writes compiles without a warning, also for names and hierarchies that Java makes difficult. */
class CompileTest {
    // The build itself compiles what is checked in, as strictly; one such set here shows that the class path is enough.
    @ParameterizedTest
    @EnumSource(names = {"GOLDEN", "NASTY"})
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
        assertTrue(text(files, "Lists").contains("public PointerList.Reader<AnyPointer.Reader> getDatas()"));
        assertTrue(text(files, "Map").contains("public CapnpList<KeyR> getEntries()"));
        Javac.compile(files, folder);
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
