package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.CallPath;
import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.dial.Ref;
import dev.capstan.gateway.dial.Remote;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Calls a method. */
@Command(
        name = "call",
        description = "Call a method of a server. Results are JSON, one line each.",
        footer = {
            "",
            "Examples:",
            "  ./capstan call capnp://127.0.0.1:9000 --schema bench.capnp add '{\"a\": 1, \"b\": 2}'",
            "  ./capstan call capnp://127.0.0.1:9000 --schema bench.capnp getNode.node.getNext.node.depth",
            "  ./capstan call ws://127.0.0.1:8080/ 'authenticate(\"token\").profile.name'",
            "  ./capstan call grpc://127.0.0.1:50051 helloworld.Greeter/SayHello '{\"name\": \"you\"}'"
        },
        mixinStandardHelpOptions = true)
public final class CallCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "URL",
            description = "The server, as in capnp://host:port, ws://host:port/path or grpc://host:port.")
    private String url = "";

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description =
                    "The method, with dots between what leads to it: getNode.node.depth. All of it goes in one round trip. Cap'n Web needs brackets behind methods on the way: getNode().node.depth. gRPC: pkg.Service/Method or pkg.Service.Method.")
    private String path = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "JSON",
            description = "The arguments: an object that names them, or an array of them.")
    private @Nullable String json;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "JSON|@|@FILE",
            description =
                    "The same, or @ for what is typed, or @FILE. Several texts are several calls, or one stream where the method takes one.")
    private @Nullable String data;

    @Option(
            names = "--then",
            paramLabel = "METHOD",
            description =
                    "Call this method of the same object afterwards, without arguments: the one that ends a stream.")
    private @Nullable String then;

    @Option(names = "--get", description = "Read a property instead of calling a method.")
    private boolean get;

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public CallCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (json != null && data != null) {
            throw new ExitException(
                    ExitException.USAGE, "There are arguments twice, behind the path and with -d: keep one.");
        }
        String given = json != null ? json : data;
        return session.with(dial, url, remote -> {
            CallPath parsed = CallPath.parse(path);
            try (Ref root = remote.root()) {
                if (get) {
                    try (Ref place = parsed.from(root, Map.of())) {
                        place.print(session::say);
                    }
                    return;
                }
                String method = parsed.method();
                try (Ref target = parsed.parent().from(root, Map.of())) {
                    target.callEach(method, messages(remote, parsed.arguments(), given), this::print);
                    if (then != null) {
                        try (Ref last = target.call(then, List.of())) {
                            last.print(this::print);
                        }
                    }
                }
            }
        });
    }

    private void print(String line) {
        session.say(line);
    }

    private Iterator<List<@Nullable Object>> messages(
            Remote remote, @Nullable List<@Nullable Object> written, @Nullable String given) throws InputException {
        if (given == null) {
            return List.of(written == null ? List.<@Nullable Object>of() : written)
                    .iterator();
        }
        if (written != null && !written.isEmpty()) {
            throw new InputException("There are arguments twice, in the path and behind it: keep one.");
        }
        Iterator<String> texts = session.texts(given);
        Progress progress = new Progress(session.err(), remote.loop(), "messages", -1);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                boolean more = texts.hasNext();
                if (!more) {
                    progress.done();
                }
                return more;
            }

            @Override
            public List<@Nullable Object> next() {
                progress.step();
                return arguments(texts.next());
            }
        };
    }

    /** An array is the arguments, anything else the only one. */
    public static List<@Nullable Object> arguments(String text) {
        try {
            Object tree = Literal.parse(text);
            List<@Nullable Object> arguments = new ArrayList<>();
            if (tree instanceof List<?> list) {
                arguments.addAll(list);
            } else {
                arguments.add(tree);
            }
            return arguments;
        } catch (InputException e) {
            throw new ExitException(ExitException.USAGE, "This is no JSON: " + e.getMessage());
        }
    }
}
