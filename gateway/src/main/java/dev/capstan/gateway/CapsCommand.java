package dev.capstan.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the tables of a session. */
@Command(
        name = "caps",
        description =
                "Show how many entries the tables of a session have: one of this command, that holds what the paths lead to.",
        footer = {"", "The sessions of a server, and who holds what there, are in its console."},
        mixinStandardHelpOptions = true)
final class CapsCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in capnp://host:port.")
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

    CapsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
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
