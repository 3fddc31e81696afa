package dev.capstan.gateway.trace;

import dev.capstan.gateway.frames.Decoding;
import dev.capstan.gateway.frames.Frame;
import dev.capstan.gateway.frames.FrameLine;
import dev.capstan.gateway.frames.Limits;
import dev.capstan.gateway.frames.Secrets;
import dev.capstan.gateway.options.DescriptorFile;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.SchemaFolders;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how frames are taken apart and shown; the same for every command that shows them. */
final class FrameOptions {
    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "A schema, or a set that was compiled, for the names of Cap'n Proto's methods and what their messages hold.")
    private @Nullable Path schema;

    @Mixin
    private SchemaFolders folders = new SchemaFolders();

    @Option(
            names = "--protoset",
            paramLabel = "FILE",
            description =
                    "Services of gRPC, for what their messages hold: a descriptor set, as protoc --include_imports --descriptor_set_out=FILE writes it.")
    private @Nullable Path protoset;

    @Option(
            names = "--show-secrets",
            description =
                    "Show what is left out otherwise: values whose names say that they are passwords, tokens, cookies and the like.")
    private boolean showSecrets;

    @Option(names = "--all", description = "Show what concerns the connection alone, too: windows, pings, settings.")
    private boolean all;

    @Option(names = "--json", description = "Write a JSON object for each line.")
    private boolean json;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Show at most N characters of what a message holds; by default ${DEFAULT-VALUE}.",
            defaultValue = "200")
    private int width;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    boolean json() {
        return json;
    }

    /**
     * How frames are taken apart.
     *
     * @throws ExitException if a schema is none; its problems were told
     */
    Decoding decoding(Path workingFolder, PrintWriter err) {
        if (width < 1) {
            throw new ParameterException(spec.commandLine(), "--width: there must be room for 1 character at least");
        }
        Decoding decoding = Decoding.plain()
                .with(Limits.DEFAULT.withTexts(width))
                .with(showSecrets ? Secrets.SHOWN : Secrets.HIDDEN);
        try {
            if (protoset != null) {
                decoding = decoding.with(DescriptorFile.read("--protoset", workingFolder, protoset));
            }
            if (schema == null) {
                return decoding;
            }
            LoadedSchema loaded = LoadedSchema.of(schema, workingFolder, folders.importRoots(workingFolder), err);
            if (loaded != null) {
                return decoding.with(loaded.loader());
            }
        } catch (InputException e) {
            throw new ExitException(ExitException.SCHEMA, String.valueOf(e.getMessage()));
        }
        throw new ExitException(ExitException.SCHEMA, "The schema has errors; they are told above.");
    }

    /** Whether a frame is shown. */
    boolean shows(Frame frame) {
        return all || frame.standing() != Frame.Standing.CONTROL;
    }

    /** A frame as a line of standard output, in colours if that is a terminal. */
    String line(Frame frame) {
        return json
                ? FrameLine.json(frame)
                : FrameLine.text(
                        frame, spec.commandLine().getColorScheme().ansi().enabled());
    }

    /** Says in the same form that frames were left out. */
    String missing(long count) {
        return json
                ? "{\"notShown\":" + count + "}"
                : count + " frames not shown: they came faster than they were read";
    }
}
