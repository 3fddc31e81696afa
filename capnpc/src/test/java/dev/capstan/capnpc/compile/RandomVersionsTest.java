package dev.capstan.capnpc.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnpc.breaking.Finding;
import dev.capstan.capnpc.breaking.SchemaComparison;
import dev.capstan.capnpc.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The comparison of versions, on random schemas: whatever they hold, it finds nothing where nothing is and never stumbles. */
class RandomVersionsTest {
    private static final int SEEDS = Boolean.getBoolean("capstan.quick") ? 30 : 100;

    /** The schema of each seed, but for those that every compiler refuses; all have one file id, so that one can be a version of another. */
    private static List<CodeGeneratorRequest.Reader> schemas() {
        List<CodeGeneratorRequest.Reader> schemas = new ArrayList<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            String text = SchemaGenerator.schema(seed).replaceFirst("@0x[0-9a-f]+;", "@0xe1c9a3f4b5d60718;");
            Compilation compilation = new Compiler()
                    .compile(
                            SourceFiles.of(Map.of("s.capnp", text.getBytes(StandardCharsets.UTF_8))),
                            List.of("s.capnp"));
            if (compilation.succeeded()) {
                schemas.add(compilation.request());
            }
        }
        assertTrue(schemas.size() > SEEDS * 3 / 4, schemas.size() + " compiled");
        return schemas;
    }

    @Test
    void a_schema_is_compatible_with_itself() {
        List<CodeGeneratorRequest.Reader> again = schemas();
        int i = 0;
        for (CodeGeneratorRequest.Reader schema : schemas()) {
            assertEquals(List.of(), SchemaComparison.compare(schema, again.get(i++)));
        }
    }

    @Test
    void two_schemas_that_share_nothing_but_names_differ_and_every_difference_has_a_place() {
        List<CodeGeneratorRequest.Reader> schemas = schemas();
        for (int i = 1; i < schemas.size(); i++) {
            List<Finding> findings = SchemaComparison.compare(schemas.get(i - 1), schemas.get(i));
            assertTrue(!findings.isEmpty(), "schema " + i);
            assertTrue(
                    findings.stream()
                            .allMatch(finding -> finding.location().file().equals("s.capnp")
                                    && !finding.text().isEmpty()),
                    findings::toString);
        }
    }
}
