package dev.capstan.gateway.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.gateway.serve.Configuration.Clients;
import dev.capstan.gateway.serve.Configuration.Served;
import dev.capstan.gateway.serve.Configuration.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration files, right and wrong. */
class ConfigurationFileTest {
    private static final String SMALLEST = """
            listen = "127.0.0.1:8080"
            [[serve]]
            path = "/calculator"
            object = "calculator"
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        for (String name : List.of("server.pem", "server.key", "clients.pem", "bank.capnp")) {
            Files.writeString(folder.resolve(name), "");
        }
    }

    private ConfigurationFile.Reading read(String text) {
        return new ConfigurationFile(folder, Set.of("calculator", "chat", "files"), url -> {
                    if (!url.matches("capnps?://.*") && !url.startsWith("grpc://")) {
                        throw new IllegalArgumentException("write capnp://host:port, not " + url);
                    }
                    return new ConfigurationFile.Way(url.startsWith("grpc:"), url.startsWith("capnps:"));
                })
                .read(text);
    }

    private Configuration configuration(String text) {
        ConfigurationFile.Reading reading = read(text);
        assertEquals(List.of(), reading.problems());
        Configuration configuration = reading.configuration();
        if (configuration == null) {
            throw new AssertionError("a file without problems is a configuration");
        }
        return configuration;
    }

    @Test
    void a_file_of_four_lines_has_a_default_for_the_rest() {
        assertEquals(
                Configuration.of(
                        new Address.Tcp("127.0.0.1", 8080), List.of(new Served.Named("/calculator", "calculator"))),
                configuration(SMALLEST));
    }

    @Test
    void every_key_is_read() {
        Configuration read = configuration("""
                listen = "[::1]:0"
                wires = ["capnp", "capnweb"]
                log = "json"
                debug = true

                [tls]
                certificate = "server.pem"
                key = "server.key"
                reload = "30s"
                clients = "required"
                authorities = "clients.pem"

                [limits]
                connections = 10
                sessions = 20
                requests = 30
                body = "2MiB"
                message = "512KiB"
                first-bytes = "500ms"
                idle = "5m"

                [pages]
                origins = ["https://app.example"]
                hosts = ["api.example"]

                [console]
                enabled = false
                token = "0123456789"

                [paths]
                health = "/up"
                metrics = "/numbers"
                capnp = "/raw"

                [drain]
                notice = "5s"
                time = "1h"

                [[serve]]
                path = "/chat"
                object = "chat"

                [[serve]]
                path = "/bank"
                to = "capnps://127.0.0.1:9000"
                schema = "bank.capnp"
                interface = "Bank"
                imports = ["schemas"]
                authorities = "clients.pem"
                """);
        assertEquals(new Address.Tcp("::1", 0), read.listen());
        assertEquals(Configuration.Log.JSON, read.log());
        assertTrue(read.debug());
        assertEquals(Set.of(Wire.CAPNP, Wire.CAPNWEB), read.wires());
        assertEquals(
                new Configuration.Tls(
                        folder.resolve("server.pem"),
                        folder.resolve("server.key"),
                        Duration.ofSeconds(30),
                        Clients.REQUIRED,
                        folder.resolve("clients.pem")),
                read.tls());
        assertEquals(
                new Configuration.Limits(10, 20, 30, 2 << 20, 512 << 10, Duration.ofMillis(500), Duration.ofMinutes(5)),
                read.limits());
        assertEquals(Set.of("https://app.example"), read.access().origins());
        assertEquals(Set.of("api.example"), read.access().hosts());
        assertEquals(new Configuration.Console(false, "0123456789"), read.console());
        assertEquals(new Configuration.Paths("/up", "/numbers", "/raw"), read.paths());
        assertEquals(new Configuration.Drain(Duration.ofSeconds(5), Duration.ofHours(1)), read.drain());
        assertEquals(
                List.of(
                        new Served.Named("/chat", "chat"),
                        new Served.Upstream(
                                "/bank",
                                "capnps://127.0.0.1:9000",
                                folder.resolve("bank.capnp"),
                                "Bank",
                                List.of(folder.resolve("schemas")),
                                folder.resolve("clients.pem"))),
                read.served());
    }

    @Test
    void a_grpc_server_needs_no_more_than_its_url() throws IOException {
        Configuration read = configuration(SMALLEST.replace("object = \"calculator\"", "to = \"grpc://127.0.0.1:1\""));
        assertEquals(
                List.of(new Served.Services(
                        "/calculator", "grpc://127.0.0.1:1", null, null, null, null, List.of(), null)),
                read.served());
        Files.createFile(folder.resolve("services.pb"));
        read = configuration(
                SMALLEST.replace(
                        "object = \"calculator\"",
                        "to = \"grpc://127.0.0.1:1\"\ndescriptors = \"services.pb\"\nservice = \"a.B\"\nschema = \"bank.capnp\"\ninterface = \"Bank\""));
        assertEquals(
                List.of(new Served.Services(
                        "/calculator",
                        "grpc://127.0.0.1:1",
                        folder.resolve("services.pb"),
                        "a.B",
                        folder.resolve("bank.capnp"),
                        "Bank",
                        List.of(),
                        null)),
                read.served());
    }

    /** What is put before the smallest file, or in its place where it has a line {@code [[serve]]} of its own; and the one problem with it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lisen = 1 | 1: lisen: there is no such key, did you mean \"listen\"?; the file may have listen, wires, tls, limits, pages, console, paths, drain, log, debug, serve",
                "zebra = 1 | 1: zebra: there is no such key; the file may have listen, wires, tls, limits, pages, console, paths, drain, log, debug, serve",
                "wires = [] | 1: wires: name at least one of \"capnp\", \"capnweb\", \"grpc\", \"webtransport\", or leave the key out for all of them",
                "wires = ['capnweb', 'grcp'] | 1: wires: there is no \"grcp\"; choose from \"capnp\", \"capnweb\", \"grpc\", \"webtransport\", did you mean \"grpc\"?",
                "wires = 'grpc' | 1: wires: write a list of \"capnp\", \"capnweb\", \"grpc\", \"webtransport\", not \"grpc\"",
                "wires = ['grpc', 3] | 1: wires: write a list of \"capnp\", \"capnweb\", \"grpc\", \"webtransport\"; 3 is no text",
                "tls = 3 | 1: tls: write a table, [tls], not 3",
                "tls = {key = 'server.key'} | 1: tls.certificate: is missing: write certificate = \"server.pem\"",
                "tls = {key = 'server.key', certificate = 'a.pem'} | 1: tls.certificate: there is no file \"a.pem\" that can be read; paths are relative to the folder of this file",
                "tls = {key = 'server.key', certificate = 'server.pem', clients = 'all'} | 1: tls.clients: write one of \"nothing\", \"asked\", \"required\", not \"all\"",
                "tls = {key = 'server.key', certificate = 'server.pem', clients = 'asked'} | 1: tls.authorities: is missing: write authorities = \"clients.pem\"",
                "tls = {key = 'server.key', certificate = 'server.pem', authorities = 'clients.pem', clients = 'required'} | 1: tls.clients: clients of WebTransport cannot be asked for a certificate, and would get in without: write wires = [\"capnp\", \"capnweb\", \"grpc\"], too",
                "tls = {key = 'server.key', certificate = 'server.pem', authorities = 'clients.pem'} | 1: tls.authorities: nobody is asked for a certificate: write clients = \"required\" or \"asked\", too",
                "limits.connections = 0 | 1: limits.connections: write a number from 1 to 2147483647, not 0",
                "limits.connections = '10' | 1: limits.connections: write a whole number such as 10000, not \"10\"",
                "limits.body = '10 MB' | 1: limits.body: write a size such as \"32MiB\" (B, KiB, MiB), not \"10 MB\"",
                "limits.body = '3GiB' | 1: limits.body: write a size from 1 B to 2047 MiB, not \"3GiB\"",
                "limits.message = 32 | 1: limits.message: write a size such as \"32MiB\" (B, KiB, MiB), not 32",
                "limits.idle = '0s' | 1: limits.idle: write a time longer than nothing, not \"0s\"",
                "limits.idel = '1s' | 1: limits.idel: there is no such key, did you mean \"idle\"?; [limits] may have connections, sessions, requests, body, message, first-bytes, idle",
                "drain.time = '10' | 1: drain.time: write a time such as \"10s\" (ms, s, m, h), not \"10\"",
                "drain.time = '10 d' | 1: drain.time: write a time such as \"10s\" (ms, s, m, h), not \"10 d\"",
                "console.enabled = 'yes' | 1: console.enabled: write true or false, not \"yes\"",
                "console.token = ' ' | 1: console.token: write a long text that cannot be guessed, not an empty text",
                "pages.origins = ['app.example'] | 1: pages.origins: an origin is scheme, host and port, as in https://app.example:8443, not 'app.example'",
                "pages.hosts = ['https://app.example'] | 1: pages.hosts: a host is told by its name alone, as in app.example, not 'https://app.example'",
                "paths.health = 'up' | 1: paths.health: write a path that begins with / and has no blanks, * or ?, not \"up\"",
                "paths.health = '/metrics' | 1: paths: health, metrics and capnp have to be different paths",
                "paths.metrics = '/calculator' | 4: serve[1].path: \"/calculator\" is taken by paths.metrics: choose another",
            })
    void what_is_wrong_is_told_with_its_line_its_path_and_what_to_write(String line, String problem) {
        ConfigurationFile.Reading reading = read(line + "\n" + SMALLEST);
        assertEquals(
                List.of(problem),
                reading.problems().stream().map(Problem::toString).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path = '/a' | 2: serve[1].object: write either object, one of \"calculator\", \"chat\", \"files\", or to, the URL of a server",
                "object = 'chat' | 2: serve[1].path: is missing: write path = \"/calculator\"",
                "path = '/a?b', object = 'chat' | 2: serve[1].path: write a path that begins with / and has no blanks, * or ?, not \"/a?b\"",
                "path = '/health', object = 'chat' | 2: serve[1].path: \"/health\" is taken by paths.health: choose another",
                "path = '/a', object = 'chart' | 2: serve[1].object: there is no \"chart\" here: write one of \"calculator\", \"chat\", \"files\"",
                "path = '/a', object = 'chat', schema = 'bank.capnp' | 2: serve[1].object: schema, interface, imports, descriptors, service and authorities belong to a server that is named by to",
                "path = '/a', to = 'capnp://a:1' | 2: serve[1].schema: is missing: write schema = \"file.capnp\"",
                "path = '/a', to = 'capnp://a:1', schema = 'b.capnp' | 2: serve[1].schema: there is no file \"b.capnp\" that can be read; paths are relative to the folder of this file",
                "path = '/a', to = 'ftp://a:1', schema = 'bank.capnp' | 2: serve[1].to: write capnp://host:port, not ftp://a:1",
                "path = '/a', to = 'capnp://a:1', schema = 'bank.capnp', object = 'chat' | 2: serve[1].object: write either object, one of \"calculator\", \"chat\", \"files\", or to, the URL of a server, not both",
                "path = '/a', object = 'chat', interfaces = 'X' | 2: serve[1].interfaces: there is no such key, did you mean \"interface\"?; [serve] may have path, object, to, schema, interface, imports, descriptors, service, authorities",
                "path = '/a', to = 'capnp://a:1', schema = 'bank.capnp', service = 'a.B' | 2: serve[1].to: descriptors and service belong to a gRPC server: write to = \"grpc://host:port\"",
                "path = '/a', to = 'grpc://a:1', interface = 'Bank' | 2: serve[1].interface: interface and imports are of a schema, by which Cap'n Proto calls a gRPC server: write schema = \"file.capnp\", too",
                "path = '/a', to = 'grpc://a:1', descriptors = 'none.pb' | 2: serve[1].descriptors: there is no file \"none.pb\" that can be read; paths are relative to the folder of this file",
            })
    void what_is_served_is_checked(String entry, String problem) {
        ConfigurationFile.Reading reading = read("listen = '127.0.0.1:1'\nserve = [{" + entry + "}]\n");
        assertEquals(
                List.of(problem),
                reading.problems().stream().map(Problem::toString).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8080 | 1: listen: write \"127.0.0.1:8080\", not 8080",
                "\"8080\" | 1: listen: write host and port, such as \"127.0.0.1:8080\", not \"8080\"",
                "\"unix:/run/a\" | 1: listen: one port for all wires is one of TCP and UDP: write \"127.0.0.1:8080\", not \"unix:/run/a\"",
            })
    void where_it_listens_is_a_tcp_address(String value, String problem) {
        ConfigurationFile.Reading reading = read("listen = " + value + SMALLEST.substring(SMALLEST.indexOf('\n')));
        assertEquals(
                List.of(problem),
                reading.problems().stream().map(Problem::toString).toList());
    }

    @Test
    void all_problems_are_told_at_once_in_the_order_of_the_file() {
        ConfigurationFile.Reading reading = read("""
                wires = ["quic"]

                [drain]
                time = 3

                [[serve]]
                path = "/a"
                object = "chat"

                [[serve]]
                path = "/a"
                object = "nothing"
                """);
        assertEquals(
                List.of("1 listen", "1 wires", "4 drain.time", "11 serve[2].path", "12 serve[2].object"),
                reading.problems().stream()
                        .map(each -> each.line() + " " + each.key())
                        .toList());
    }

    @Test
    void nothing_to_serve_is_a_problem() {
        assertEquals(
                "serve", read("listen = '127.0.0.1:1'").problems().getFirst().key());
    }

    @Test
    void what_is_no_toml_is_told_with_its_line() {
        ConfigurationFile.Reading reading = read("listen = \"127.0.0.1:1\"\n[serve\n");
        assertFalse(reading.problems().isEmpty());
        assertEquals(2, reading.problems().getFirst().line());
    }
}
