package dev.capstan.gateway.serve;

import dev.capstan.async.Address;
import dev.capstan.capnweb.Access;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server serves, where, and how: what its file says, with a default for all that it does not. {@code docs/serve.md} has the keys. A value.
 *
 * @param listen a TCP address of this machine; for WebTransport its host is a literal. Port 0 lets the system choose
 * @param wires what is spoken there
 * @param tls null if TCP is not encrypted; UDP always is
 * @param limits bounds of what peers may cost
 * @param access which web pages may call
 * @param console the console, or that there is none
 * @param paths where the server answers about itself
 * @param drain how it ends
 * @param log what its log looks like
 * @param debug whether each frame of its connections is shown; it may tell what is nobody else's business
 * @param served what is served, at least one; their paths differ
 */
public record Configuration(
        Address.Tcp listen,
        Set<Wire> wires,
        @Nullable Tls tls,
        Limits limits,
        Access access,
        Console console,
        Paths paths,
        Drain drain,
        Log log,
        boolean debug,
        List<Served> served) {
    /** A server of everything at {@code listen}, without TLS, with defaults for the rest. */
    public static Configuration of(Address.Tcp listen, List<Served> served) {
        return new Configuration(
                listen,
                EnumSet.allOf(Wire.class),
                null,
                Limits.DEFAULT,
                Access.SAME_HOST,
                Console.DEFAULT,
                Paths.DEFAULT,
                Drain.DEFAULT,
                Log.TEXT,
                false,
                served);
    }

    /** Copies what could change. */
    public Configuration {
        wires = Set.copyOf(wires);
        served = List.copyOf(served);
    }

    /** This with another way to be encrypted. */
    public Configuration withTls(Tls other) {
        return new Configuration(listen, wires, other, limits, access, console, paths, drain, log, debug, served);
    }

    /** This with another way to end. */
    public Configuration withDrain(Drain other) {
        return new Configuration(listen, wires, tls, limits, access, console, paths, other, log, debug, served);
    }

    /** This with each frame shown. */
    public Configuration withDebug() {
        return new Configuration(listen, wires, tls, limits, access, console, paths, drain, log, true, served);
    }

    /** This with another console. */
    public Configuration withConsole(Console other) {
        return new Configuration(listen, wires, tls, limits, access, other, paths, drain, log, debug, served);
    }

    /** What can be spoken at one port. */
    public enum Wire {
        /** Cap'n Proto over TCP, and over WebSockets of binary messages. */
        CAPNP,
        /** Cap'n Web over WebSockets and in batches. */
        CAPNWEB,
        /** gRPC and gRPC-Web. */
        GRPC,
        /** Cap'n Web over WebTransport, at the UDP port of the same number. */
        WEBTRANSPORT
    }

    /** What the log looks like. */
    public enum Log {
        /** As the Java runtime was told to write it. */
        TEXT,
        /** Lines of JSON on standard error, with ids of the call's trace. */
        JSON
    }

    /** What clients are asked for that connect over TLS. */
    public enum Clients {
        /** Nothing. */
        NOTHING,
        /** A certificate, which they need not have. */
        ASKED,
        /** A certificate; who has none does not get in. */
        REQUIRED
    }

    /**
     * How TCP is encrypted.
     *
     * @param certificate file of PEM: the server's own certificate first, then those that lead to its authority. WebTransport shows it, too
     * @param key file of PEM with its private key, PKCS #8 without a password
     * @param reload how often it is looked whether the files have changed; zero for never. WebTransport keeps what it has begun with
     * @param clients what clients are asked for; over WebTransport they are not
     * @param authorities file of PEM with who may have issued clients' certificates; null unless they are asked for one
     */
    public record Tls(
            Path certificate,
            Path key,
            Duration reload,
            Clients clients,
            @Nullable Path authorities) {}

    /**
     * Bounds; {@code docs/limits.md} and the records named {@code Limits} have the others.
     *
     * @param connections connections of TCP that speak HTTP, and as many of Cap'n Proto
     * @param sessions sessions of Cap'n Web, and connections of WebTransport
     * @param requests requests that one HTTP/2 connection, and calls that one Cap'n Proto connection may have under way
     * @param bodyBytes bytes of the body of one request; gRPC's are not bounded by it
     * @param messageBytes bytes of one message that arrives, on any wire but Cap'n Proto over TCP, whose messages are bounded in what may be read of them
     * @param firstBytes time for a connection to say what it speaks
     * @param idle time without a request after which a connection of HTTP/1.1 is closed
     */
    public record Limits(
            int connections,
            int sessions,
            int requests,
            int bodyBytes,
            int messageBytes,
            Duration firstBytes,
            Duration idle) {
        /** 10,000 connections and sessions; 1,000 requests; bodies and messages of 32 MiB; 10 seconds for the first bytes, 60 idle. */
        public static final Limits DEFAULT =
                new Limits(10_000, 10_000, 1_000, 32 << 20, 32 << 20, Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /**
     * The console.
     *
     * @param enabled whether there is one; where other machines can connect there is none without a token
     * @param token what lets a browser in, however often; null for a link that is made at start and lets in once
     */
    public record Console(boolean enabled, @Nullable String token) {
        /** There is one, with a token made at start. */
        public static final Console DEFAULT = new Console(true, null);

        /** Without the token. */
        @Override
        public String toString() {
            return enabled ? "console" : "no console";
        }
    }

    /**
     * Paths of HTTP at which the server answers about itself.
     *
     * @param health whether it serves: 200, or 503 from the moment it is drained
     * @param metrics what Prometheus reads
     * @param capnp Cap'n Proto over WebSockets
     */
    public record Paths(String health, String metrics, String capnp) {
        /** {@code /health}, {@code /metrics} and {@code /capnp}. */
        public static final Paths DEFAULT = new Paths("/health", "/metrics", "/capnp");
    }

    /**
     * How the server ends when it is asked to.
     *
     * @param notice time in which it says at its path for health that it leaves, and still takes whoever comes: for load balancers to notice
     * @param time time after that for calls that are under way; what is left is cut
     */
    public record Drain(Duration notice, Duration time) {
        /** No notice, 10 seconds. */
        public static final Drain DEFAULT = new Drain(Duration.ZERO, Duration.ofSeconds(10));
    }

    /** Something to call. */
    public sealed interface Served {
        /** Where it is for all that is HTTP. Cap'n Proto's bootstrap object has the interfaces of all that is served. */
        String path();

        /**
         * An object of the program.
         *
         * @param path where
         * @param object its name, which the program knows
         */
        record Named(String path, String object) implements Served {}

        /**
         * An object of another server.
         *
         * @param path where
         * @param to the URL of that server
         * @param schema the file that says what can be called
         * @param interfaceName the interface of its bootstrap object; null for the first that the file declares
         * @param imports folders for imports that begin with a slash
         * @param authorities file of PEM with who may have issued that server's certificate; null for those that the runtime trusts
         */
        record Upstream(
                String path,
                String to,
                Path schema,
                @Nullable String interfaceName,
                List<Path> imports,
                @Nullable Path authorities)
                implements Served {}

        /**
         * Services of a gRPC server.
         *
         * @param path where
         * @param to the URL of that server
         * @param descriptors file of protobuf descriptors; null for those that the server tells
         * @param service the full name of the only service that is meant; null for all
         * @param schema the file that says what Cap'n Proto calls; null if it calls nothing
         * @param interfaceName as of an {@link Upstream}
         * @param imports as of an {@link Upstream}
         * @param authorities as of an {@link Upstream}
         */
        record Services(
                String path,
                String to,
                @Nullable Path descriptors,
                @Nullable String service,
                @Nullable Path schema,
                @Nullable String interfaceName,
                List<Path> imports,
                @Nullable Path authorities)
                implements Served {}
    }
}
