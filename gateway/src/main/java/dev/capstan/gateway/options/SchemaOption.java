package dev.capstan.gateway.options;

import dev.capstan.capnp.dynamic.InterfaceSchema;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a Cap'n Proto server serves; the same for every command that calls one. */
public final class SchemaOption {
    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "The schema of the server, for Cap'n Proto: a .capnp file, or a set that was compiled (capnp compile -o-).")
    private @Nullable Path schema;

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description =
                    "The interface of the server's bootstrap object, with dots between the names of nested ones. By default the first one that the schema declares.")
    private @Nullable String interfaceName;

    @Mixin
    private SchemaFolders folders = new SchemaFolders();

    public boolean isGiven() {
        return schema != null;
    }

    /**
     * The schema; null after its problems were told.
     *
     * @throws InputException if there is none, or it cannot be read
     */
    @Nullable
    public LoadedSchema load(Path workingFolder, PrintWriter err) throws InputException {
        if (schema == null) {
            throw new InputException("Cap'n Proto does not tell a server's schema. Name it: --schema FILE.");
        }
        return LoadedSchema.of(schema, workingFolder, folders.importRoots(workingFolder), err);
    }

    /** The interface of the bootstrap object; null after problems of the schema were told. Otherwise as {@link #load}. */
    @Nullable
    public InterfaceSchema bootstrap(Path workingFolder, PrintWriter err) throws InputException {
        LoadedSchema loaded = load(workingFolder, err);
        return loaded == null ? null : bootstrap(loaded);
    }

    /** The interface of the bootstrap object in a schema that was loaded. */
    public InterfaceSchema bootstrap(LoadedSchema loaded) throws InputException {
        return loaded.interfaceType(interfaceName);
    }
}
