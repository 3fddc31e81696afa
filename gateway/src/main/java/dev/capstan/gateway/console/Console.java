package dev.capstan.gateway.console;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.capstan.async.Address;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Observer;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.resume.ResumableServer;
import dev.capstan.capnweb.resume.ResumeLimits;
import dev.capstan.capnweb.resume.TokenKeys;
import dev.capstan.gateway.translate.Bridge;
import dev.capstan.gateway.translate.Limits;
import dev.capstan.net.http.HttpRoutes;
import java.lang.invoke.MethodHandles;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The web console of a server: a page under {@code /console/} that shows its sessions, calls and capabilities, and calls what it serves.
 *
 * <pre>{@code
 * Console console = new Console(loop, new SecureRandom())
 *         .serving("calculator", calculatorSchema, calculator)
 *         .limits("capnweb", Limits.DEFAULT);
 * HttpRoutes routes = mine.and(console.routes(address));
 * ...
 * System.out.println(console.link("http://127.0.0.1:8080"));
 * }</pre>
 *
 * <p><b>Who may come in.</b> Whoever has a token may see and call everything. {@link #link} makes one that can be used once; it stands behind the {@code #} of the link, which browsers send nowhere.
 * The page exchanges it for one that its own tab keeps. WebSockets are open to pages of the same host and port alone, and the host must be this machine's own name or a number, so that no
 * other page gets in by DNS.
 *
 * <p>Belongs to its loop, as all that it is told of does: it is made, used and closed on that thread.
 */
public final class Console implements AutoCloseable {
    private static final String PATH = "/console";

    private final Loop loop;
    private final Ledger ledger;
    private final Tokens tokens;
    private final WebServer web;
    private final Bridge bridge;
    private final Map<Method.Ordinal, String> names = new HashMap<>();
    private final Map<String, Served> served = new LinkedHashMap<>();
    private final Map<String, Record> limits = new LinkedHashMap<>();

    /**
     * Something that the page may call.
     *
     * @param object gives it as Cap'n Web has it, to whoever asks and then owns it
     * @param end lets go of it
     */
    record Served(Description.Service description, Supplier<Promise<Cap>> object, Runnable end) {
        /** What is there already. Takes ownership. */
        static Served of(Description.Service description, Cap object) {
            return new Served(description, () -> Promise.of(object.share()), object::close);
        }
    }

    /** A console that knows nothing yet, for pages of this machine's own name and of numeric addresses. */
    public Console(Loop loop, SecureRandom random) {
        this(loop, random, Access.SAME_HOST);
    }

    /** As {@link #Console(Loop, SecureRandom)}; {@code access} names the host under which others reach the server, if they may. */
    public Console(Loop loop, SecureRandom random, Access access) {
        this.loop = loop;
        this.ledger = new Ledger(loop.timer());
        this.tokens = new Tokens(random);
        this.bridge = new Bridge(loop, Limits.DEFAULT);
        Desk desk = new Desk(loop, ledger, tokens, served, limits);
        Binder binder = Binder.of(MethodHandles.lookup());
        this.web = new WebServer(
                        loop,
                        visitor -> Promise.of(binder.serve(loop, desk)),
                        Options.DEFAULT.withMessagesShown(),
                        access)
                .resumable(
                        new ResumableServer(loop, TokenKeys.random(random), random, ResumeLimits.DEFAULT),
                        visitor -> "");
    }

    /**
     * The page shows {@code object}, of Cap'n Proto, under this name, and calls it by its schema. Takes ownership.
     *
     * @throws IllegalArgumentException if it cannot be translated; it says what
     */
    public Console serving(String name, InterfaceSchema type, Cap object) {
        Cap translated = bridge.toWeb(type, object);
        return serving(name, Served.of(described(name, type), translated));
    }

    /**
     * The page shows what {@code object} gives, an object of {@code type} as Cap'n Web has it, under this name. It is asked each time that the page wants it, on the loop's thread, and who asks owns it.
     */
    public Console serving(String name, InterfaceSchema type, Supplier<Promise<Cap>> object) {
        return serving(name, new Served(described(name, type), object, () -> {}));
    }

    private Description.Service described(String name, InterfaceSchema type) {
        OfSchema described = OfSchema.of(type);
        names.putAll(described.names());
        return described.service(name);
    }

    /**
     * The page shows {@code object}, of Cap'n Web, under this name. Takes ownership.
     *
     * @param declarations what {@link Binder#declarations} makes of its interface
     */
    public Console serving(String name, String declarations, Cap object) {
        return serving(name, Served.of(OfDeclarations.describe(name, declarations), object));
    }

    /** The same for what {@code object} gives, which is asked each time that the page wants it, on the loop's thread; who asks owns it. */
    public Console serving(String name, String declarations, Supplier<Promise<Cap>> object) {
        return serving(name, new Served(OfDeclarations.describe(name, declarations), object, () -> {}));
    }

    /** The page shows {@code object}, which is that service of gRPC as Cap'n Web has it, under its full name. Takes ownership. */
    public Console serving(ServiceDescriptor service, Cap object) {
        return serving(service.getFullName(), Served.of(OfService.describe(service), object));
    }

    private Console serving(String name, Served object) {
        Served before = served.put(name, object);
        if (before != null) {
            before.end().run();
        }
        return this;
    }

    /** Whoever shows {@code token}, which nobody can guess, comes in, as often as they like: for servers whose output nobody reads. */
    public Console admitting(String token) {
        tokens.allow(token);
        return this;
    }

    /**
     * The page shows these limits.
     *
     * @param group a wire, such as {@code capnweb}, beside whose limits the most is shown that was seen; or any other name
     * @param record a module's {@code Limits}
     */
    public Console limits(String group, Record record) {
        limits.put(group, record);
        return this;
    }

    /**
     * What the page shows of sessions and calls: to be given to every vat and server that it is to show, on this loop or on others. The console's own sessions are left out.
     */
    public Observer observer() {
        return new Watching(loop, ledger, names::get);
    }

    /** The same, for tests and for what has no observers. */
    Ledger ledger() {
        return ledger;
    }

    /**
     * The page and its objects, for a server that listens at {@code at}.
     *
     * @throws IllegalArgumentException if others than programs of this machine could connect there
     */
    public HttpRoutes routes(Address at) {
        if (!isLocal(at)) {
            throw new IllegalArgumentException("the console is for this machine alone, and " + at
                    + " is not: listen at 127.0.0.1, or use routesForAnybody()");
        }
        return routesForAnybody();
    }

    /** Whether only programs of this machine can connect to {@code at}. */
    public static boolean isLocal(Address at) {
        return switch (at) {
            case Address.Tcp tcp -> isLoopback(tcp.host());
            case Address.Unix unix -> true;
            default -> false;
        };
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** As {@link #routes}, wherever the server listens: tokens are all that keeps others out then, so serve it over TLS. */
    public HttpRoutes routesForAnybody() {
        return PageFiles.built().routes(PATH).and(web.routes(PATH + "/rpc"));
    }

    /**
     * A link to the console that can be used once.
     *
     * @param server such as {@code http://127.0.0.1:8080}
     */
    public String link(String server) {
        return server + PATH + "/#token=" + tokens.invite();
    }

    /** Ends the sessions of all pages, and lets go of what is served. */
    @Override
    public void close() {
        web.close();
        served.values().forEach(each -> each.end().run());
        served.clear();
    }
}
