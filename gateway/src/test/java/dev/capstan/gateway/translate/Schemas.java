package dev.capstan.gateway.translate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.source.SchemaPath;
import dev.capstan.capnpc.source.SourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Schemas of tests, from their text. */
public final class Schemas {
    private final Schema file;

    private Schemas(Schema file) {
        this.file = file;
    }

    public static Schemas of(String text) {
        return of(("@0xa7d3c1f0e5b69284;\n" + text).getBytes(StandardCharsets.UTF_8));
    }

    /** Those of a file of this module. */
    static Schemas in(String file) {
        try {
            return of(Files.readAllBytes(Path.of(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schemas of(byte[] text) {
        SourceFiles files = SourceFiles.of(Map.of("test.capnp", text));
        Compilation compilation =
                new Compiler(List.of(SourceFiles.standard())).compile(List.of(new SchemaPath(files, "test.capnp")));
        assertTrue(compilation.succeeded(), () -> compilation.problems().toString());
        return new Schemas(new SchemaLoader().load(compilation.request()).getFirst());
    }

    public InterfaceSchema type(String name) {
        return (InterfaceSchema) file.nested(name);
    }

    StructSchema struct(String name) {
        return (StructSchema) file.nested(name);
    }
}
