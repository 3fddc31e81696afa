package dev.capstan.gateway.bench;

import dev.capstan.gateway.call.CallCommand;
import dev.capstan.gateway.call.Progress;
import dev.capstan.gateway.call.Session;
import dev.capstan.gateway.dial.CallPath;
import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.dial.Patience;
import dev.capstan.gateway.dial.Ref;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how fast a server answers. */
@Command(
        name = "bench",
        description = "Call a method many times and show how long that takes.",
        footer = {
            "",
            "With --rps each call is measured from when it was to begin, so that a server that stops for a while is charged with all that had to wait (no coordinated omission).",
            "This process takes part in what is measured: its first calls are slow, and all its connections are served by one thread.",
            "",
            "Example:",
            "  ./capstan bench capnp://127.0.0.1:9000 --schema bench.capnp add '{\"a\": 1, \"b\": 2}' -z 10s -c 100 -O html > report.html"
        },
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h|)");
    private static final int MOST_AT_ONCE = 10_000;
    private static final int DEFAULT_CALLS = 200;

    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in capnp://host:port.")
    private String url = "";

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "The method, as in capstan call. What leads to it is called once, before.")
    private String path = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "JSON", description = "The arguments.")
    private @Nullable String json;

    @Option(
            names = {"-n", "--requests"},
            paramLabel = "N",
            description = "Make so many calls; 200 unless there is a -z.")
    private @Nullable Long calls;

    @Option(
            names = {"-c", "--concurrency"},
            paramLabel = "N",
            description =
                    "Have so many under way; 1 unless told, and no more than 10,000. With --rps the most that there may be, 10,000 unless told.")
    private @Nullable Integer atOnce;

    @Option(
            names = "--rps",
            paramLabel = "N",
            description = "Begin so many each second, whether or not others have ended (open loop).")
    private double perSecond;

    @Option(
            names = {"-z", "--duration"},
            paramLabel = "TIME",
            description = "Go on for so long: 10s, 500ms, 2m.")
    private @Nullable String duration;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description = "Use so many connections in turn; ${DEFAULT-VALUE} unless told.")
    private int connections;

    @Option(
            names = {"-O", "--format"},
            paramLabel = "FORMAT",
            defaultValue = "summary",
            description = "summary, json, csv or html; ${DEFAULT-VALUE} unless told.")
    private String format = "";

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public BenchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws InputException {
        try {
            return measure();
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private int measure() throws InputException {
        BenchReport.Format shape = BenchReport.Format.named(format);
        Load.Plan plan = plan();
        WireUrl to = Session.url(url);
        CallPath parsed = CallPath.parse(path);
        List<@Nullable Object> arguments = json == null ? parsed.arguments() : CallCommand.arguments(json);
        List<AutoCloseable> opened = new ArrayList<>();
        try (NetLoop net = NetLoop.open("bench", Transport.AUTO)) {
            Patience patience = dial.patience(net.loop());
            Progress progress = new Progress(
                    session.err(), net.loop(), "calls", plan.calls() == Long.MAX_VALUE ? -1 : plan.calls());
            try {
                List<Ref.Shot> targets = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    Remote remote = dial.open(net, to, patience, session.desk());
                    opened.add(remote);
                    Ref root = remote.root();
                    opened.add(root);
                    Ref target = parsed.parent().from(root, Map.of());
                    opened.add(target);
                    targets.add(target.aim(parsed.method(), arguments == null ? List.of() : arguments));
                }
                Load load = new Load(net.loop(), targets, plan, progress);
                patience.await(net.loop().fetch(load::run));
                session.out().print(new BenchReport(url, path, plan, connections, load).in(shape));
                return load.latencies().getTotalCount() == 0 ? ExitException.REMOTE_FAILURE : 0;
            } finally {
                session.out().flush();
                closeAll(opened.reversed());
            }
        }
    }

    private static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable each : opened) {
            switch (each) {
                case Ref ref -> ref.close();
                case Remote remote -> remote.close();
                default -> throw new IllegalStateException("nothing else is opened");
            }
        }
    }

    private Load.Plan plan() throws InputException {
        Duration longest = duration == null ? null : time(duration);
        long number = calls != null ? calls : longest == null ? DEFAULT_CALLS : Long.MAX_VALUE;
        int most = atOnce != null ? atOnce : perSecond > 0 ? MOST_AT_ONCE : 1;
        if (number < 1
                || most < 1
                || most > MOST_AT_ONCE
                || connections < 1
                || connections > MOST_AT_ONCE
                || perSecond < 0) {
            throw new InputException("-n and --connections are at least 1, -c lies between 1 and " + MOST_AT_ONCE
                    + ", --rps is not negative.");
        }
        return new Load.Plan(number, longest, most, perSecond);
    }

    private static Duration time(String text) throws InputException {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            throw new InputException("-z: '" + text + "' is no time: write 10s, 500ms or 2m.");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
