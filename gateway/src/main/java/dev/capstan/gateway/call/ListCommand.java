package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.Dial;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists what a server has. */
@Command(
        name = "ls",
        description = "List what can be called at a server.",
        footer = {
            "",
            "gRPC servers tell it themselves, by reflection. Cap'n Proto and Cap'n Web have no schemas on the wire: name the file with --schema."
        },
        mixinStandardHelpOptions = true)
public final class ListCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in capnp://host:port.")
    private String url = "";

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public ListCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return session.with(dial, url, remote -> {
            PrintWriter out = session.out();
            for (String line : remote.list()) {
                out.println(line);
            }
            // The schema is not the server's: whether there is one at all, and what it is, shows when it is asked.
            remote.check();
            out.flush();
        });
    }
}
