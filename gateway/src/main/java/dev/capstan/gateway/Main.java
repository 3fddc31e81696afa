package dev.capstan.gateway;

import dev.capstan.cap.Failure;
import dev.capstan.gateway.bench.BenchCommand;
import dev.capstan.gateway.call.CallCommand;
import dev.capstan.gateway.call.CapsCommand;
import dev.capstan.gateway.call.DescribeCommand;
import dev.capstan.gateway.call.DoctorCommand;
import dev.capstan.gateway.call.ListCommand;
import dev.capstan.gateway.call.ReplCommand;
import dev.capstan.gateway.call.Session;
import dev.capstan.gateway.compile.CompileCommand;
import dev.capstan.gateway.compile.ConvertCommand;
import dev.capstan.gateway.compile.EvalCommand;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.listen.DemoCommand;
import dev.capstan.gateway.listen.GatewayCommand;
import dev.capstan.gateway.listen.ServeCommand;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.trace.RecordCommand;
import dev.capstan.gateway.trace.ReplayCommand;
import dev.capstan.gateway.trace.TraceCommand;
import dev.capstan.grpc.GrpcFailure;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The {@code capstan} command. Exit codes: 0 done, 1 wrong usage or too little memory, 2 could not connect or listen, 3 the other side or a plugin
 * failed, 4 it took longer than it may, 5 a schema is wrong or missing; the compiler's verbs give 1 for a wrong schema, as {@code capnp} does.
 */
@Command(
        name = "capstan",
        description = "Capability RPC for the JVM, over Cap'n Proto, Cap'n Web and gRPC.",
        version = "capstan 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        subcommands = {CalculateCommand.class, IdCommand.class})
public final class Main {

    private Main() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        System.exit(run(Path.of(""), System.in, System.out, System.err, args));
    }

    /** Runs the command and gives its exit code. Paths among the arguments are relative to {@code workingFolder}. */
    public static int run(Path workingFolder, InputStream in, PrintStream out, PrintStream err, String... args) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(new DemoCommand(workingFolder));
        line.addSubcommand(new CompileCommand(out, workingFolder));
        line.addSubcommand(new ConvertCommand(in, out, workingFolder));
        line.addSubcommand(new EvalCommand(out, workingFolder));
        line.addSubcommand(new GatewayCommand(workingFolder));
        line.addSubcommand(new TraceCommand(workingFolder));
        line.addSubcommand(new RecordCommand(workingFolder));
        line.addSubcommand(new ReplayCommand(workingFolder));
        line.addSubcommand(new ServeCommand(workingFolder));
        Session session = new Session(workingFolder, in, out, err);
        line.addSubcommand(new ListCommand(session));
        line.addSubcommand(new DescribeCommand(session));
        line.addSubcommand(new CallCommand(session));
        line.addSubcommand(new ReplCommand(session));
        line.addSubcommand(new DoctorCommand(session, Instant::now));
        line.addSubcommand(new BenchCommand(session));
        line.addSubcommand(new CapsCommand(session));
        line.addSubcommand(new CompletionCommand());
        line.setOut(new PrintWriter(out, true, out.charset()));
        line.setErr(new PrintWriter(err, true, err.charset()));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command.getErr()));
        line.getCommandSpec().exitCodeOnInvalidInput(ExitException.USAGE);
        line.getSubcommands().values().forEach(sub -> sub.getCommandSpec().exitCodeOnInvalidInput(ExitException.USAGE));
        if (args.length == 0) {
            line.usage(line.getErr());
            return ExitException.USAGE;
        }
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            line.getErr()
                    .println("capstan: this needs more memory than there is (" + e.getMessage()
                            + "). Give the process more, with java -Xmx, or less to do.");
            return ExitException.USAGE;
        }
    }

    /** Tells why, and gives the exit code. */
    private static int failed(Throwable failure, PrintWriter err) {
        return switch (failure) {
            case ExitException end -> {
                err.println("capstan: " + Text.plain(String.valueOf(end.getMessage())));
                yield end.code();
            }
            case GrpcFailure told -> {
                err.println("capstan: " + told.code() + ": " + Text.plain(told.reason()));
                yield switch (told.code()) {
                    case DEADLINE_EXCEEDED -> ExitException.DEADLINE;
                    case UNAVAILABLE -> ExitException.UNREACHABLE;
                    default -> ExitException.REMOTE_FAILURE;
                };
            }
            default -> {
                Failure reason = Failure.of(failure);
                err.println("capstan: " + Text.plain(reason.reason()));
                yield reason.kind() == Failure.Kind.DISCONNECTED
                        ? ExitException.UNREACHABLE
                        : ExitException.REMOTE_FAILURE;
            }
        };
    }
}
