package dev.capstan.gateway;

import java.security.SecureRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a new id for a schema. */
@Command(
        name = "id",
        description = "Print a new id, for the first line of a schema.",
        footer = {"", "The line is: @0x...; (with the semicolon)"},
        mixinStandardHelpOptions = true)
final class IdCommand implements Runnable {
    /** Every id has it; the numbers below are for parts of the language itself. */
    private static final long TOP_BIT = 1L << 63;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        long id = new SecureRandom().nextLong() | TOP_BIT;
        spec.commandLine().getOut().println("@0x%016x".formatted(id));
    }
}
