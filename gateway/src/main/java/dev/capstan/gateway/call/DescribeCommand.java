package dev.capstan.gateway.call;

import dev.capstan.gateway.dial.Dial;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows definitions of a server's schema. */
@Command(
        name = "describe",
        description = "Show a definition of a server's schema, as .proto or .capnp text.",
        mixinStandardHelpOptions = true)
public final class DescribeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "URL", description = "The server, as in grpc://host:port.")
    private String url = "";

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description =
                    "What to show: pkg.Service, pkg.Service.Method, pkg.Message; for Cap'n Proto Interface, Outer.Struct.")
    private String name = "";

    @Mixin
    private Dial dial = new Dial();

    private final Session session;

    public DescribeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return session.with(dial, url, remote -> session.out().print(remote.describe(name)));
    }
}
