package dev.capstan.gateway;

import dev.capstan.cap.Failure;
import dev.capstan.gateway.frames.Text;
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
    static final int USAGE = 1;
    static final int UNREACHABLE = 2;
    static final int REMOTE_FAILURE = 3;
    static final int DEADLINE = 4;
    static final int SCHEMA = 5;

    private Main() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        System.exit(run(Path.of(""), System.in, System.out, System.err, args));
    }

    /** Runs the command and gives its exit code. Paths among the arguments are relative to {@code workingFolder}. */
    static int run(Path workingFolder, InputStream in, PrintStream out, PrintStream err, String... args) {
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
        line.getCommandSpec().exitCodeOnInvalidInput(USAGE);
        line.getSubcommands().values().forEach(sub -> sub.getCommandSpec().exitCodeOnInvalidInput(USAGE));
        if (args.length == 0) {
            line.usage(line.getErr());
            return USAGE;
        }
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            line.getErr()
                    .println("capstan: this needs more memory than there is (" + e.getMessage()
                            + "). Give the process more, with java -Xmx, or less to do.");
            return USAGE;
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
                    case DEADLINE_EXCEEDED -> DEADLINE;
                    case UNAVAILABLE -> UNREACHABLE;
                    default -> REMOTE_FAILURE;
                };
            }
            default -> {
                Failure reason = Failure.of(failure);
                err.println("capstan: " + Text.plain(reason.reason()));
                yield reason.kind() == Failure.Kind.DISCONNECTED ? UNREACHABLE : REMOTE_FAILURE;
            }
        };
    }
}
