package dev.capstan.gateway.compile;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.DynamicValue;
import dev.capstan.capnp.text.TextForm;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.SchemaFolders;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a value that a schema declares, with the options of the {@code capnp} command. */
@Command(
        name = "eval",
        description = "Print a constant, a field's default, or what lies in one of them.",
        footer = {
            "",
            "Examples:",
            "  ./capstan eval config.capnp server",
            "  ./capstan eval config.capnp 'server.hosts[2].name'",
            "  ./capstan eval -o packed config.capnp server > server.bin"
        },
        mixinStandardHelpOptions = true)
public final class EvalCommand implements Callable<Integer> {
    private final OutputStream out;
    private final Path workingFolder;

    @Mixin
    private SchemaFolders folders = new SchemaFolders();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description =
                    "One of the formats of 'capstan convert'; text by default. Formats other than text need a struct.")
    private String format = "text";

    @Option(
            names = {"-b", "--binary"},
            description = "The same as -o binary.")
    private boolean binary;

    @Option(
            names = {"-p", "--packed"},
            description = "The same as -o packed.")
    private boolean packed;

    @Option(names = "--flat", description = "The same as -o flat; with -p, as -o flat-packed.")
    private boolean flat;

    @Option(names = "--short", description = "Write text or JSON in one line.")
    private boolean isShort;

    @Parameters(index = "0", paramLabel = "SCHEMA", description = "The file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path schema;

    @Parameters(index = "1", paramLabel = "NAME", description = "The value, such as Outer.constant.list[1].field.")
    private String name = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Paths are relative to {@code workingFolder}. */
    public EvalCommand(OutputStream out, Path workingFolder) {
        this.out = out;
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        MessageFormat to = outputFormat();
        try {
            LoadedSchema loaded = LoadedSchema.of(schema, workingFolder, folders.importRoots(workingFolder), err);
            if (loaded == null) {
                return ExitException.USAGE;
            }
            write(loaded.value(name), to);
            out.flush();
            return 0;
        } catch (InputException | MessageException e) {
            err.println("capstan: " + e.getMessage());
            return ExitException.USAGE;
        }
    }

    private MessageFormat outputFormat() {
        if (flat) {
            return packed ? MessageFormat.FLAT_PACKED : MessageFormat.FLAT;
        }
        try {
            return packed ? MessageFormat.PACKED : binary ? MessageFormat.BINARY : MessageFormat.named(format);
        } catch (InputException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void write(DynamicValue value, MessageFormat to) throws IOException, InputException {
        if (value instanceof DynamicStruct.Reader struct) {
            to.sink(out, struct.schema(), new MessageFormat.Style(isShort, 0)).write(struct);
        } else if (to == MessageFormat.TEXT) {
            String text = isShort ? TextForm.compact(value) : TextForm.pretty(value);
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } else {
            throw new InputException(
                    "'" + name + "' is not a struct, and only structs are messages. Print it as text.");
        }
    }
}
