package dev.capstan.capnpc.breaking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.SchemaException;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said, where, and about what: the comparison as a whole. */
class SchemaComparisonTest {
    @Test
    void a_finding_says_where_it_is_and_what_to_do() {
        List<Finding> findings = Versions.findings("struct A { a @0 :Text; }", "struct A {\n  a @0 :Data;\n}");
        Finding finding = findings.getFirst();
        assertEquals(
                new Location("s.capnp", Versions.ID.length() + "struct A {\n  ".length(), "A.a", false),
                finding.location());
        assertEquals(
                "s.capnp:A.a: type-changed: The type of field A.a was Text and is Data. Keep the old type, and add what is new under a new number.",
                finding.toString());
    }

    @Test
    void types_are_told_as_they_are_written() {
        String box = "struct Box(T) { t @0 :T; }";
        Finding finding = Versions.findings(
                        box + "struct A { a @0 :List(Box(Text)); }", box + "struct A { a @0 :List(Box(Data)); }")
                .getFirst();
        assertTrue(finding.text().contains("was List(Box(Text)) and is List(Box(Data))"), finding::text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../capnp/src/main/capnp", "src/test/capnp", "../examples/calculator/src/main/capnp"})
    void schemas_are_compatible_with_themselves(String folder) throws IOException {
        Path root = Path.of(folder);
        List<String> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(".capnp"))
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
        int compared = 0;
        for (String file : files) {
            var compilation = new Compiler(List.of(SourceFiles.folder(root), SourceFiles.standard()))
                    .compile(SourceFiles.folder(root), List.of(file));
            if (compilation.succeeded()) {
                assertEquals(List.of(), SchemaComparison.compare(compilation.request(), compilation.request()), file);
                compared++;
            }
        }
        assertTrue(compared > 0, folder);
    }

    @Test
    void the_rules_have_names_for_configurations() {
        assertEquals("type-parameter-changed", Rule.TYPE_PARAMETER_CHANGED.id());
    }

    @Test
    void a_request_that_lacks_a_node_is_refused_with_words() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(CodeGeneratorRequest.TYPE).initRequestedFiles(1).get(0).setId(0x8123456789abcdefL);
        CodeGeneratorRequest.Reader broken = message.asReader().as(CodeGeneratorRequest.TYPE);
        SchemaException refused = assertThrows(SchemaException.class, () -> SchemaComparison.compare(broken, broken));
        assertTrue(String.valueOf(refused.getMessage()).contains("0x8123456789abcdef"), refused::toString);
    }

    @Test
    void a_group_that_contains_itself_is_refused_with_words() {
        MessageBuilder message = new MessageBuilder();
        message.root()
                .setAs(
                        CodeGeneratorRequest.TYPE,
                        Versions.compiled(
                                java.util.Map.of("s.capnp", Versions.ID + "struct A { g :group { a @0 :Text; } }")));
        CodeGeneratorRequest.Builder request = message.getRoot(CodeGeneratorRequest.TYPE);
        for (int i = 0; i < request.getNodes().size(); i++) {
            var node = request.getNodes().get(i);
            if (node.isStruct() && node.getStruct().getIsGroup()) {
                node.getStruct().getFields().get(0).initGroup().setTypeId(node.getId());
            }
        }
        CodeGeneratorRequest.Reader broken = message.asReader().as(CodeGeneratorRequest.TYPE);
        assertThrows(SchemaException.class, () -> SchemaComparison.compare(broken, broken));
    }
}
