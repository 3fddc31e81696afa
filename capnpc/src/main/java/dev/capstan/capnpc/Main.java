package dev.capstan.capnpc;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * The {@code capnpc-java} plugin of the {@code capnp} compiler: reads a request from standard input and writes Java into the working
 * folder, which the compiler has set to the one that the user named. {@code capnp compile -ojava:src foo.capnp}
 */
public final class Main {
    /** The compiler is the user's own: these stop only what cannot be a request, and what would not end. */
    private static final Limits LIMITS =
            Limits.DEFAULT.withTraversalWords(1L << 32).withNesting(256);

    private Main() {}

    /** Runs the plugin; the exit status is 0 if all files were written, else 1. */
    public static void main(String[] args) throws IOException {
        System.exit(run(System.in, Path.of(""), System.err));
    }

    static int run(InputStream in, Path folder, PrintStream errors) throws IOException {
        byte[] request = in.readAllBytes();
        if (request.length == 0) {
            errors.println(
                    "capnpc-java is a plugin: run it by `capnp compile -o<path of capnpc-java> <schema files>`.");
            return 1;
        }
        try {
            MessageReader message = MessageReader.of(request, 0, request.length, LIMITS);
            for (GeneratedFile file : JavaGenerator.generate(message.root(CodeGeneratorRequest.TYPE))) {
                file.writeTo(folder);
            }
            return 0;
        } catch (SchemaException | MessageException e) {
            errors.println("capnpc-java: " + e.getMessage());
            return 1;
        }
    }
}
