package dev.capstan.gateway.trace;

import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.gateway.frames.Direction;
import dev.capstan.gateway.frames.Limits;
import dev.capstan.gateway.frames.Relay;
import dev.capstan.gateway.frames.Text;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.TlsOption;
import dev.capstan.gateway.options.WireUrl;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.tls.TlsNetwork;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that stand between clients and a server, and what they do: pass bytes on. */
final class RelayOptions {
    @Option(
            names = "--listen",
            paramLabel = "URL",
            description =
                    "Where clients connect, without TLS: capnp://host:port, capnp+unix:PATH, ws://, http:// or grpc://. Port 0 lets the system choose.")
    private @Nullable String listen;

    @Option(
            names = "--to",
            paramLabel = "URL",
            description = "Where the server is; with TLS for capnps://, wss://, https:// and grpcs://.")
    private @Nullable String to;

    @Option(names = "--sessions", paramLabel = "N", description = "End when N connections have ended.")
    private int sessions = Integer.MAX_VALUE;

    @Mixin
    private TlsOption tls = new TlsOption();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Makes an observer, when it is known where the server is. */
    interface Watching {
        Relay.Observer of(NetLoop net, WireUrl server) throws InputException;
    }

    TlsOption tls() {
        return tls;
    }

    /** The server is at {@code url}, and clients connect where --listen says, or at a port of this machine that the system chooses. */
    void lookAt(String url) {
        if (to != null) {
            throw new ParameterException(spec.commandLine(), "two servers are named: " + url + ", and --to " + to);
        }
        to = url;
        if (listen == null) {
            WireUrl server = url(spec, "URL", url);
            listen = server.scheme().plain() + "://127.0.0.1:0" + server.path();
        }
    }

    private String named(String option, @Nullable String value) {
        if (value == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '" + option + "=URL'");
        }
        return value;
    }

    /**
     * Passes bytes on until interrupted, or until all sessions that were asked for have ended, or until {@code stop} is counted down.
     *
     * @throws InputException if a file of TLS cannot be used, or what {@code watching} throws
     */
    void run(Path workingFolder, CountDownLatch stop, Watching watching) throws InterruptedException, InputException {
        WireUrl from = url("--listen", named("--listen", listen));
        WireUrl server = url("--to", named("--to", to));
        if (from.tls()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--listen: clients connect without TLS, so that what they say can be read: write "
                            + "capnp://, ws://, http:// or grpc:// in place of " + from.scheme() + "://");
        }
        if (sessions < 1) {
            throw new ParameterException(spec.commandLine(), "--sessions: wait for 1 at least");
        }
        PrintWriter err = spec.commandLine().getErr();
        try (NetLoop net = NetLoop.open("relay", Transport.AUTO)) {
            Loop loop = net.loop();
            Network servers = servers(net, server, tls, workingFolder);
            LineQueue problems = LineQueue.of(err, "connections");
            Relay.Observer told = new Counting(watching.of(net, server), problems, sessions, stop);
            // Whether there is a server is told now, and not to the first client.
            Relay relay =
                    reached(loop.fetch(() -> servers.connect(server.address()).then(probe -> {
                        probe.close();
                        return Relay.listen(
                                loop, net.network(), from.address(), servers, server.address(), Limits.DEFAULT, told);
                    })));
            Address at = relay.address();
            err.println("Listening at " + new WireUrl(from.scheme(), at, from.path()) + " for " + server
                    + ". Ctrl-C ends it.");
            stop.await();
            loop.fetch(() -> {
                        relay.close();
                        return Promise.done();
                    })
                    .await();
            problems.finish();
        }
    }

    /** What a connection or a listening socket gives. */
    static <T> T reached(Promise<T> connecting) {
        try {
            return connecting.await();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new ExitException(ExitException.UNREACHABLE, String.valueOf(cause.getMessage()));
            }
            throw e;
        }
    }

    private WireUrl url(String option, String text) {
        return url(spec, option, text);
    }

    /** The URL of a server whose bytes can be passed on. */
    static WireUrl url(CommandSpec spec, String option, String text) {
        WireUrl url;
        try {
            url = WireUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
        if (url.scheme() == WireUrl.Scheme.WT) {
            throw new ParameterException(
                    spec.commandLine(),
                    option
                            + ": WebTransport is encrypted from end to end, so nobody between can read it: use ws://, or --debug of gateway");
        }
        return url;
    }

    /** The network over which a server is reached. */
    static Network servers(NetLoop net, WireUrl server, TlsOption tls, Path workingFolder) throws InputException {
        if (!server.tls()) {
            return net.network();
        }
        TlsNetwork secure = new TlsNetwork(
                net.loop(), net.network(), tls.context(workingFolder), dev.capstan.net.Limits.Tls.DEFAULT);
        String name = tls.serverName();
        TlsNetwork named = name == null ? secure : secure.named(name);
        return switch (server.wire()) {
            case CAPNP -> named;
            case WEB -> named.offering("http/1.1");
            case GRPC -> named.offering("h2");
        };
    }

    /** Counts sessions that have ended, and tells of servers that could not be reached. */
    private static final class Counting implements Relay.Observer {
        private final Relay.Observer next;
        private final LineQueue err;
        private final CountDownLatch stop;
        private int directions;

        Counting(Relay.Observer next, LineQueue err, int sessions, CountDownLatch stop) {
            this.next = next;
            this.err = err;
            this.stop = stop;
            this.directions = sessions > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : 2 * sessions;
        }

        @Override
        public void opened(int session) {
            next.opened(session);
        }

        @Override
        public void passed(int session, Direction direction, byte[] array, int offset, int length) {
            next.passed(session, direction, array, offset, length);
        }

        @Override
        public void ended(int session, Direction direction, String reason) {
            next.ended(session, direction, reason);
            over(1);
        }

        @Override
        public void unreachable(int session, Throwable cause) {
            err.put(() -> "capstan: connection " + session + ": the server cannot be reached: "
                    + Text.plain(String.valueOf(cause.getMessage())));
            next.unreachable(session, cause);
            over(2);
        }

        private void over(int ways) {
            directions -= ways;
            if (directions <= 0) {
                stop.countDown();
            }
        }
    }
}
