package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.CallPath;
import dev.capstan.gateway.dial.Dial;
import dev.capstan.gateway.dial.Ref;
import dev.capstan.gateway.listen.ConsoleLink;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.Literal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the tables of a session of its own, or those of all sessions of a server that has a console. */
@Command(
        name = "caps",
        description =
                "Show how many entries the tables of a session have: one of this command, that holds what the paths lead to. With the link of a server's console: the tables of all its sessions, and who holds what there, as JSON.",
        footer = {
            "",
            "Example: ./capstan caps 'http://127.0.0.1:8080/console/#token=...'",
            "A link that the server prints can be used once, by a browser or by this; a token of its configuration, as often as it is shown."
        },
        mixinStandardHelpOptions = true)
public final class CapsCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "URL",
            description = "The server, as in capnp://host:port, or the link of its console.")
    private String url = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "PATH",
            description = "What to hold meanwhile, as in capstan call.")
    private List<String> paths = new ArrayList<>();

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public CapsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ConsoleLink console = ConsoleLink.in(url);
        return console == null ? own() : ofServer(console);
    }

    /** Asked of the console, oldest first. */
    private int ofServer(ConsoleLink console) {
        if (!paths.isEmpty()) {
            throw new ExitException(
                    ExitException.USAGE, "The console of a server tells all that is held there: leave the paths out.");
        }
        return session.with(dial, console.api(), remote -> {
            remote.check();
            Map<String, @Nullable Object> tables = new LinkedHashMap<>();
            try (Ref door = remote.root();
                    Ref api = door.call("authenticate", List.of(console.token()))) {
                for (String each : List.of("sessions", "capabilities")) {
                    try (Ref rows = api.call(each, List.of())) {
                        tables.put(each, rows.value());
                    }
                }
            }
            session.say(Literal.json(tables));
        });
    }

    private int own() {
        return session.with(dial, url, remote -> {
            remote.check();
            List<Ref> held = new ArrayList<>();
            try {
                for (String each : paths) {
                    try (Ref root = remote.root()) {
                        Ref reached = CallPath.parse(each).from(root, Map.of());
                        held.add(reached);
                        reached.value();
                    }
                }
                remote.check();
                remote.tables()
                        .forEach((name, size) -> session.say(String.format(Locale.ROOT, "%-10s  %d", name, size)));
            } finally {
                held.forEach(Ref::close);
            }
        });
    }
}
