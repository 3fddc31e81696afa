package dev.capstan.gateway;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete this command's words. */
@Command(
        name = "completion",
        description = "Print a script that lets a shell complete verbs and options.",
        footer = {"", "bash:  source <(./capstan completion bash)", "zsh:   source <(./capstan completion zsh)"},
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
    private String shell = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!List.of("bash", "zsh").contains(shell)) {
            throw new ParameterException(
                    spec.commandLine(), "There are scripts for bash and zsh, not for '" + shell + "'.");
        }
        CommandLine whole = spec.root().commandLine();
        // One script serves both: it asks zsh to complete as bash does.
        spec.commandLine().getOut().println(AutoComplete.bash("capstan", whole));
        return 0;
    }
}
