package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A C++ program calls objects that live in Java. What it asserts is in {@code peers/cpp/*-cases.c++}; here is what it leaves behind. */
@ForeignPeer
@ParameterizedClass
@EnumSource(Way.class)
final class CppClientTest {
    /** The cases that this class runs in a test of their own. */
    private static final Set<String> SPECIAL = Set.of("probe-death", "probe-wait-to-be-killed");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Way way;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private String client;

    @SuppressWarnings("NullAway.Init")
    private JavaServer server;

    @BeforeEach
    void serve() {
        client = ForeignPrograms.cpp("client");
        server = new JavaServer(way.transport, way.style, folder.resolve("peer.sock"));
    }

    @AfterEach
    void end() {
        server.close();
    }

    private Program run(Address address, String cases) {
        return Program.start(client, "--addr", address.toString(), "--case", cases);
    }

    private Address address() {
        return way.unix ? server.unix() : server.tcp();
    }

    @Test
    void every_case_holds_and_leaves_nothing_behind() {
        List<String> cases;
        try (Program list = Program.start(client, "--list")) {
            assertEquals(0, list.exitCode());
            cases = new ArrayList<>(list.output());
        }
        assertTrue(cases.removeAll(SPECIAL), cases::toString);
        assertTrue(cases.size() >= 12, cases::toString);
        for (String each : cases) {
            try (Program running = run(address(), each)) {
                assertEquals(0, running.exitCode(), running::toString);
                assertTrue(running.output().size() >= 2, running::toString);
            }
            server.assertNothingLeft();
        }
    }

    @Test
    void a_client_that_is_killed_takes_its_calls_and_objects_with_it() {
        try (Program running = run(address(), "probe-wait-to-be-killed")) {
            running.line(line -> line.contains("waits to be killed"));
            running.kill();
        }
        // What the server was told to keep is its own business: another client asks, sees it broken, and drops it.
        try (JavaClient other = new JavaClient(Transport.AUTO, address())) {
            other.dropBrokenToken();
        }
        server.assertNothingLeft();
    }

    @Test
    void a_server_that_dies_in_mid_call_is_a_lost_connection() {
        String option = way.unix ? "--unix" : "--port";
        String value = way.unix ? folder.resolve("mortal.sock").toString() : "0";
        try (Program mortal = PeerProgram.start(option, value, way.transport, way.style)) {
            try (Program running = run(Address.parse(mortal.address()), "probe-death")) {
                assertEquals(0, running.exitCode(), running::toString);
            }
            assertEquals(PeerProgram.DIED, mortal.exitCode());
        }
    }
}
