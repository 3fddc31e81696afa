package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.ForeignPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages in Chromium, with the npm package capnweb, call a C++ server on libcapnp through {@code capstan gateway}. */
@ForeignPeer
final class GatewayPagesTest {
    private static final long STREAM_BYTES = 64L << 20;
    private static final long MOST_GROWTH = 32L << 20;
    private static final Pattern LISTENS = Pattern.compile(
            "Cap'n Web clients call StreamingPeer at (\\S+?)(?: \\(SHA-256 of the certificate: ([0-9a-f]+)\\))?(?: and, .*|; .*)");
    private static final Pattern FRAME = Pattern.compile(".* (->|<-) capnp (?:call|return) .* (\\w+\\.\\w+) .*");

    private static Program server(String port) {
        return ForeignPrograms.cppServer("--stdin", "--port", port);
    }

    /** The command, with a heap that could not hold a stream of these tests. */
    private static Program gateway(String wire, Program server, Program pages, String... more) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=32m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.capstan.gateway.Main",
                "gateway",
                "--listen",
                wire + "://127.0.0.1:0/rpc",
                "--origin",
                said(pages, "origin").replace("\"", ""),
                "--to",
                "capnp://" + server.address(),
                "--schema",
                "interop/src/test/gateway/streams.capnp",
                "-I",
                "interop/src/test/capnp",
                "-I",
                "capnp/src/main/capnp",
                "-I",
                "examples/calculator/src/main/capnp",
                "--interface",
                "StreamingPeer"));
        command.addAll(List.of(more));
        Program gateway = Program.start(command);
        Matcher at = LISTENS.matcher(gateway.line(text -> LISTENS.matcher(text).matches()));
        assertTrue(at.matches());
        pages.tell(at.group(2) == null ? at.group(1) : at.group(1) + " " + at.group(2));
        return gateway;
    }

    /** Pages that call what a gateway offers, once it is there. */
    private static Program pages(String what) {
        ForeignPrograms.make("interop/peers/chromium/install.sh");
        return Program.start("node", ForeignPrograms.path("interop/target/chromium/gateway.mjs"), what);
    }

    /** What came of a thing that was tried. */
    private static String said(Program pages, String what) {
        String head = "[\"" + what + "\",";
        String line = pages.line(text -> text.startsWith(head));
        return line.substring(head.length(), line.length() - 1);
    }

    /** What has passed between the gateway and the server: directions and methods. */
    private static Stream<String> capnpFrames(Program gateway) {
        return gateway.output().stream()
                .map(FRAME::matcher)
                .filter(Matcher::matches)
                .map(frame -> frame.group(1) + " " + frame.group(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wt"})
    void a_page_calls_cpp_and_three_dependent_calls_are_one_round_trip_on_each_leg(String wire) {
        try (Program server = server("0");
                Program pages = pages("calls");
                Program gateway = gateway(wire, server, pages, "--debug")) {
            pages.line("[\"measure\",\"before the chain\"]"::equals);
            // A page's messages may come one by one, and a server be quicker than the next one: so it answers when all
            // calls are there, and not before.
            signal(server, "STOP");
            pages.tell("measured");
            gateway.line(text -> text.contains("-> capnp call") && text.contains("Node.depth"));
            signal(server, "CONT");
            assertEquals(0, pages.exitCode(), pages::toString);
            assertEquals("{\"got\":{\"depth\":1},\"roundTrips\":\"><\"}", said(pages, "chain"));
            gateway.line(text -> text.contains("<- capnp return") && text.contains("Node.depth"));
            assertEquals(
                    List.of("-> Probe.getNode", "-> Node.next", "-> Node.depth", "<- Probe.getNode"),
                    capnpFrames(gateway)
                            .dropWhile(frame -> !frame.equals("-> Probe.getNode"))
                            .limit(4)
                            .toList());
            assertEquals("{\"sum\":90}", said(pages, "callback"));
            assertTrue(said(pages, "callback that throws").contains("too far"), pages::toString);
            assertTrue(said(pages, "failed").contains("on purpose"), pages::toString);
            for (String kind : List.of("overloaded", "disconnected", "unimplemented")) {
                String failure = said(pages, kind);
                assertTrue(failure.contains("on purpose") && failure.contains("\"kind\":\"" + kind + "\""), failure);
            }
            assertEquals("{\"live\":3,\"left\":0}", said(pages, "disposing"));
        }
    }

    private static void signal(Program to, String name) {
        try (Program sent = Program.start("bash", "-c", "kill -" + name + " " + to.pid())) {
            assertEquals(0, sent.exitCode(), sent::toString);
        }
    }

    /** Bytes that are reachable in a process of Java's. */
    private static long heap(Program java) {
        try (Program jcmd = Program.start(
                System.getProperty("java.home") + "/bin/jcmd", Long.toString(java.pid()), "GC.class_histogram")) {
            assertEquals(0, jcmd.exitCode(), jcmd::toString);
            String[] total = jcmd.line(line -> line.startsWith("Total ")).split(" +", -1);
            return Long.parseLong(total[2]);
        }
    }

    private static long measured(Program pages, String what, Program gateway) {
        pages.line(("[\"measure\",\"" + what + "\"]")::equals);
        long bytes = heap(gateway);
        pages.tell("measured");
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wt"})
    void streams_of_64_MiB_pass_a_small_gateway_in_both_directions_as_fast_as_their_readers(String wire) {
        try (Program server = server("0");
                Program pages = pages("streams");
                Program gateway = gateway(wire, server, pages)) {
            long before = measured(pages, "before", gateway);
            for (String when : List.of(
                    "to a page that does not read",
                    "after reading",
                    "to a server that does not read",
                    "after writing")) {
                long growth = measured(pages, when, gateway) - before;
                assertTrue(growth < MOST_GROWTH, () -> when + ": " + growth + " bytes more than " + before);
            }
            assertEquals(0, pages.exitCode(), pages::toString);
            for (String stalled :
                    List.of("sent to a page that does not read", "written to a server that does not read")) {
                long bytes = Long.parseLong(said(pages, stalled));
                assertTrue(bytes > 0 && bytes < STREAM_BYTES / 2, pages::toString);
            }
            assertEquals("{\"bytes\":67108864,\"chunks\":1024,\"wrong\":0,\"sent\":67108864}", said(pages, "read"));
            assertEquals("{\"taken\":67108864,\"received\":67108864,\"ended\":1}", said(pages, "written"));
            assertEquals("0", said(pages, "live"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wt"})
    void when_a_tab_is_killed_in_the_middle_of_a_call_cpp_cancels_it_and_releases_what_the_page_held(String wire) {
        try (Program server = server("0");
                Program pages = pages("tab");
                Program gateway = gateway(wire, server, pages)) {
            assertEquals(0, pages.exitCode(), () -> pages + "\n" + gateway);
            assertEquals("{\"tokens\":1,\"streams\":1}", said(pages, "holds"));
            assertEquals(
                    "{\"pending\":0,\"cancelled\":1,\"completed\":0,\"tokens\":0}",
                    said(pages, "after the tab was killed"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "wt"})
    void when_cpp_is_killed_in_the_middle_of_a_call_the_page_is_told_and_the_next_visitor_is_served(String wire) {
        try (Program server = server("0");
                Program pages = pages("server");
                Program gateway = gateway(wire, server, pages)) {
            assertEquals("1", said(pages, "holds"));
            said(pages, "kill");
            server.kill();
            assertTrue(said(pages, "lost").contains("\"kind\":\"disconnected\""), pages::toString);
            assertTrue(said(pages, "afterwards").contains("\"kind\":\"disconnected\""), pages::toString);
            String port = server.address().substring(server.address().lastIndexOf(':') + 1);
            try (Program again = server(port)) {
                assertEquals(server.address(), again.address());
                pages.tell("the server is back");
                assertEquals(0, pages.exitCode(), () -> pages + "\n" + gateway);
                assertEquals("{\"depth\":1}", said(pages, "next visitor"));
            }
        }
    }
}
