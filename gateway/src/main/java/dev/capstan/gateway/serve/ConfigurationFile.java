package dev.capstan.gateway.serve;

import dev.capstan.async.Address;
import dev.capstan.capnweb.Access;
import dev.capstan.gateway.port.OnePort;
import dev.capstan.gateway.serve.Configuration.Clients;
import dev.capstan.gateway.serve.Configuration.Console;
import dev.capstan.gateway.serve.Configuration.Drain;
import dev.capstan.gateway.serve.Configuration.Limits;
import dev.capstan.gateway.serve.Configuration.Log;
import dev.capstan.gateway.serve.Configuration.Paths;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.gateway.serve.Configuration.Tls;
import dev.capstan.gateway.serve.Configuration.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * Reads a configuration from TOML. All problems are told at once.
 *
 * <p>Knows nothing of objects and URLs but what it is told.
 */
public final class ConfigurationFile {
    private final Path folder;
    private final Set<String> objects;
    private final Function<String, Way> urls;

    /**
     * What a URL says of the way to a server.
     *
     * @param grpc whether gRPC is spoken there
     * @param tls whether what is spoken is encrypted
     */
    public record Way(boolean grpc, boolean tls) {}

    /**
     * A reader of files.
     *
     * @param folder what paths in files are relative to
     * @param objects names of objects that can be served
     * @param urls reads the URL of a server; throws {@link IllegalArgumentException}, with what to write, if such a server cannot be served
     */
    public ConfigurationFile(Path folder, Collection<String> objects, Function<String, Way> urls) {
        this.folder = folder;
        this.objects = new TreeSet<>(objects);
        this.urls = urls;
    }

    /**
     * What came of reading.
     *
     * @param configuration null if there are problems
     * @param problems in the order of the file; empty if there are none
     */
    public record Reading(@Nullable Configuration configuration, List<Problem> problems) {}

    /** Reads the text of a file. */
    public Reading read(String text) {
        List<Problem> problems = new ArrayList<>();
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            parsed.errors()
                    .forEach(error -> problems.add(new Problem(
                            error.position().line(),
                            "",
                            "is no TOML (https://toml.io): " + String.valueOf(error.getMessage()))));
            return new Reading(null, problems);
        }
        Configuration configuration;
        try (Section root = Section.root(parsed, problems)) {
            configuration = configuration(root);
        }
        problems.sort(Comparator.comparingInt(Problem::line));
        return new Reading(problems.isEmpty() ? configuration : null, List.copyOf(problems));
    }

    private @Nullable Configuration configuration(Section root) {
        Address.Tcp listen = listen(root);
        Set<Wire> wires = root.choices("wires", Wire.class, EnumSet.allOf(Wire.class));
        if (listen != null && wires.contains(Wire.WEBTRANSPORT) && !OnePort.isNumeric(listen)) {
            root.wrong(
                    "listen",
                    "WebTransport needs an address of numbers: write \"127.0.0.1:" + listen.port()
                            + "\", or wires = [\"capnp\", \"capnweb\", \"grpc\"], too");
        }
        Tls tls = tls(root, wires);
        Limits limits = limits(root);
        Access access = access(root);
        Console console = console(root);
        Paths paths = paths(root);
        Drain drain = drain(root);
        Log log = root.choice("log", Log.class, Log.TEXT);
        boolean debug = root.flag("debug", false);
        List<Served> served = served(root, paths);
        return listen == null || access == null
                ? null
                : new Configuration(listen, wires, tls, limits, access, console, paths, drain, log, debug, served);
    }

    private static Address.@Nullable Tcp listen(Section root) {
        String write = "\"127.0.0.1:8080\"";
        String text = root.required("listen", write);
        if (text == null) {
            return null;
        }
        try {
            if (Address.parse(text) instanceof Address.Tcp tcp) {
                return tcp;
            }
        } catch (IllegalArgumentException e) {
            root.wrong("listen", "write host and port, such as " + write + ", not \"" + text + '"');
            return null;
        }
        root.wrong("listen", "one port for all wires is one of TCP and UDP: write " + write + ", not \"" + text + '"');
        return null;
    }

    private @Nullable Tls tls(Section root, Set<Wire> wires) {
        try (Section tls = root.section("tls")) {
            if (!tls.isThere()) {
                return null;
            }
            Path certificate = tls.file("certificate", folder, true, "\"server.pem\"");
            Path key = tls.file("key", folder, true, "\"server.key\"");
            Duration reload = tls.time("reload", Duration.ofMinutes(1), true);
            Clients clients = tls.choice("clients", Clients.class, Clients.NOTHING);
            if (clients == Clients.REQUIRED && wires.contains(Wire.WEBTRANSPORT)) {
                tls.wrong(
                        "clients",
                        "clients of WebTransport cannot be asked for a certificate, and would get in without: write wires = [\"capnp\", \"capnweb\", \"grpc\"], too");
            }
            Path authorities = tls.file("authorities", folder, clients != Clients.NOTHING, "\"clients.pem\"");
            if (clients == Clients.NOTHING && authorities != null) {
                tls.wrong(
                        "authorities",
                        "nobody is asked for a certificate: write clients = \"required\" or \"asked\", too");
            }
            return certificate == null || key == null ? null : new Tls(certificate, key, reload, clients, authorities);
        }
    }

    private static Limits limits(Section root) {
        Limits standard = Limits.DEFAULT;
        try (Section limits = root.section("limits")) {
            return new Limits(
                    limits.number("connections", standard.connections()),
                    limits.number("sessions", standard.sessions()),
                    limits.number("requests", standard.requests()),
                    limits.bytes("body", standard.bodyBytes()),
                    limits.bytes("message", standard.messageBytes()),
                    limits.time("first-bytes", standard.firstBytes(), false),
                    limits.time("idle", standard.idle(), false));
        }
    }

    private static @Nullable Access access(Section root) {
        try (Section pages = root.section("pages")) {
            Access access = Access.SAME_HOST;
            List<String> origins = pages.texts("origins", "a list such as [\"https://app.example\"]");
            List<String> hosts = pages.texts("hosts", "a list such as [\"app.example\"]");
            try {
                access = new Access(origins == null ? Set.of() : Set.copyOf(origins), access.hosts());
            } catch (IllegalArgumentException e) {
                pages.wrong("origins", String.valueOf(e.getMessage()));
                return null;
            }
            try {
                return new Access(access.origins(), hosts == null ? Set.of() : Set.copyOf(hosts));
            } catch (IllegalArgumentException e) {
                pages.wrong("hosts", String.valueOf(e.getMessage()));
                return null;
            }
        }
    }

    private static Console console(Section root) {
        try (Section console = root.section("console")) {
            return new Console(
                    console.flag("enabled", Console.DEFAULT.enabled()),
                    console.text("token", "a long text that cannot be guessed"));
        }
    }

    private static Paths paths(Section root) {
        Paths standard = Paths.DEFAULT;
        try (Section paths = root.section("paths")) {
            return new Paths(
                    paths.place("health", standard.health()),
                    paths.place("metrics", standard.metrics()),
                    paths.place("capnp", standard.capnp()));
        }
    }

    private static Drain drain(Section root) {
        try (Section drain = root.section("drain")) {
            return new Drain(
                    drain.time("notice", Drain.DEFAULT.notice(), true),
                    drain.time("time", Drain.DEFAULT.time(), false));
        }
    }

    // ---- what is served

    private List<Served> served(Section root, Paths paths) {
        List<Served> all = new ArrayList<>();
        Map<String, String> taken = new HashMap<>();
        taken.put(paths.health(), "paths.health");
        taken.put(paths.metrics(), "paths.metrics");
        taken.put(paths.capnp(), "paths.capnp");
        if (taken.size() < 3) {
            root.wrong("paths", "health, metrics and capnp have to be different paths");
        }
        List<Section> sections = root.sections("serve");
        if (sections.isEmpty()) {
            root.wrong(
                    "serve",
                    "nothing is served: write [[serve]] with path = \"/calculator\" and object = \"calculator\", or with to = \"capnp://host:port\" and schema = \"file.capnp\"");
        }
        for (int at = 0; at < sections.size(); at++) {
            try (Section each = sections.get(at)) {
                Served served = served(each, taken, "serve[" + (at + 1) + "].path");
                if (served != null) {
                    all.add(served);
                }
            }
        }
        return all;
    }

    private @Nullable Served served(Section section, Map<String, String> taken, String key) {
        String path = section.required("path", "\"/calculator\"");
        if (path != null && !section.isPlace("path", path)) {
            path = null;
        }
        if (path != null) {
            String other = taken.putIfAbsent(path, key);
            if (other != null) {
                section.wrong("path", "\"" + path + "\" is taken by " + other + ": choose another");
            }
        }
        String known = '"' + String.join("\", \"", objects) + '"';
        String object = section.text("object", "one of " + known);
        String to = section.text("to", "a URL such as \"capnp://127.0.0.1:9000\"");
        Way way = to == null ? null : way(section, to);
        boolean isGrpc = way != null && way.grpc();
        Path schema = section.file("schema", folder, way != null && !isGrpc, "\"file.capnp\"");
        String interfaceName = section.text("interface", "the name of an interface, such as \"Bank\"");
        List<String> imports = section.texts("imports", "a list of folders");
        Path descriptors = section.file("descriptors", folder, false, "\"services.pb\"");
        String service = section.text("service", "the full name of a service, such as \"helloworld.Greeter\"");
        Path authorities = section.file("authorities", folder, false, "\"authority.pem\"");
        if ((object == null) == (to == null)) {
            section.wrong(
                    "object",
                    "write either object, one of " + known + ", or to, the URL of a server"
                            + (object == null ? "" : ", not both"));
            return null;
        }
        if (object != null) {
            if (!objects.contains(object)) {
                section.wrong("object", "there is no \"" + object + "\" here: write one of " + known);
            }
            if (schema != null
                    || interfaceName != null
                    || imports != null
                    || descriptors != null
                    || service != null
                    || authorities != null) {
                section.wrong(
                        "object",
                        "schema, interface, imports, descriptors, service and authorities belong to a server that is named by to");
            }
            return path == null ? null : new Served.Named(path, object);
        }
        if (to == null || way == null) {
            return null;
        }
        if (authorities != null && !way.tls()) {
            section.wrong(
                    "authorities", "there is no TLS on the way to \"" + to + "\": write capnps://, wss:// or grpcs://");
        }
        List<Path> roots = imports == null
                ? List.of()
                : imports.stream().map(folder::resolve).toList();
        if (isGrpc) {
            if (schema == null && (interfaceName != null || imports != null)) {
                section.wrong(
                        "interface",
                        "interface and imports are of a schema, by which Cap'n Proto calls a gRPC server: write schema = \"file.capnp\", too");
            }
            return path == null
                    ? null
                    : new Served.Services(path, to, descriptors, service, schema, interfaceName, roots, authorities);
        }
        if (descriptors != null || service != null) {
            section.wrong("to", "descriptors and service belong to a gRPC server: write to = \"grpc://host:port\"");
        }
        return path == null || schema == null
                ? null
                : new Served.Upstream(path, to, schema, interfaceName, roots, authorities);
    }

    /** Null after the problem was told. */
    private @Nullable Way way(Section section, String to) {
        try {
            return urls.apply(to);
        } catch (IllegalArgumentException e) {
            section.wrong("to", String.valueOf(e.getMessage()));
            return null;
        }
    }
}
