package dev.capstan.gateway.compile;

import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.text.TextException;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import dev.capstan.gateway.options.SchemaFolders;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Converts messages between formats, with the options of the {@code capnp} command. */
@Command(
        name = "convert",
        description = "Convert messages between formats: from standard input to standard output.",
        footer = {
            "",
            "Formats:",
            "  binary       messages with segment tables, one after the other",
            "  packed       the same, packed",
            "  flat         one segment without a table; one message",
            "  flat-packed  the same, packed",
            "  canonical    one segment in canonical form, without a table; one message",
            "  text         values as in schemas, such as (name = \"x\"), one after the other",
            "  json         objects, one after the other; follows the annotations of /capnp/compat/json.capnp",
            "",
            "Example: ./capstan convert binary:text schemas/hello.capnp Greeting < message"
        },
        mixinStandardHelpOptions = true)
public final class ConvertCommand implements Callable<Integer> {
    private final InputStream in;
    private final OutputStream out;
    private final Path workingFolder;

    @Mixin
    private SchemaFolders folders = new SchemaFolders();

    @Option(names = "--short", description = "Write text or JSON in one line for each message.")
    private boolean isShort;

    @Option(
            names = "--segment-size",
            paramLabel = "N",
            description =
                    "Write binary and packed messages in segments of N words; by default, and with 0, in a single one.")
    private int segmentWords;

    @Option(names = "--quiet", description = "Do not warn when the input looks like another format.")
    private boolean quiet;

    @Parameters(index = "0", paramLabel = "FROM:TO", description = "The two formats, see below.")
    private String formats = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SCHEMA",
            description = "The file that declares the type of the messages; needed for text and json.")
    private @Nullable Path schema;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "TYPE",
            description = "The struct in it, such as Outer.Inner.")
    private @Nullable String type;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Paths are relative to {@code workingFolder}. */
    public ConvertCommand(InputStream in, OutputStream out, Path workingFolder) {
        this.in = in;
        this.out = out;
        this.workingFolder = workingFolder;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        int colon = formats.indexOf(':');
        if (colon < 0) {
            throw usage("'" + formats + "' does not name two formats. Write FROM:TO, like binary:text.");
        }
        if (segmentWords < 0) {
            throw usage("--segment-size: " + segmentWords
                    + " is not a size. Give a number of words, or 0 for a single segment.");
        }
        try {
            MessageFormat from = format(formats.substring(0, colon));
            MessageFormat to = format(formats.substring(colon + 1));
            StructSchema root = null;
            if (from.needsSchema() || to.needsSchema()) {
                if (schema == null || type == null) {
                    throw usage((from.needsSchema() ? from : to)
                            + " needs a schema. Name the file and the struct behind the formats.");
                }
                LoadedSchema loaded = LoadedSchema.of(schema, workingFolder, folders.importRoots(workingFolder), err);
                if (loaded == null) {
                    return ExitException.USAGE;
                }
                root = loaded.struct(type);
            }
            return convert(from, to, root, err);
        } catch (InputException e) {
            err.println("capstan: " + e.getMessage());
            return ExitException.USAGE;
        }
    }

    private MessageFormat format(String name) {
        try {
            return MessageFormat.named(name);
        } catch (InputException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private int convert(MessageFormat from, MessageFormat to, @Nullable StructSchema root, PrintWriter err)
            throws IOException {
        BufferedInputStream input = new BufferedInputStream(in);
        FormatGuess guess = FormatGuess.of(input, from, root);
        String warning = quiet ? null : guess.warning();
        if (warning != null) {
            err.println("capstan: " + warning + ". (--quiet leaves out this warning.)");
        }
        BufferedOutputStream output = new BufferedOutputStream(out);
        int count = 0;
        try {
            MessageSource source = from.source(input, root);
            MessageSink sink = to.sink(output, root, new MessageFormat.Style(isShort, segmentWords));
            for (StructReader message = source.next(); message != null; message = source.next()) {
                count++;
                if (count > 1 && to.isUnframed()) {
                    throw new InputException("There is more than one message, and " + to
                            + " does not say where one ends. Convert them one at a time.");
                }
                sink.write(message);
            }
            return 0;
        } catch (MessageException | TextException | InputException | IllegalArgumentException e) {
            err.println("capstan: after " + count + " messages of " + from + ": " + e.getMessage());
            MessageFormat other = guess.other();
            if (other != null) {
                err.println("The input looks like " + other + ": try " + other + ":" + to + ".");
            }
            return ExitException.USAGE;
        } finally {
            output.flush();
        }
    }
}
