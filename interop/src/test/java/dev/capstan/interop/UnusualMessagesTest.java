package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Address;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Target;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.capnp.rpc.protocol.Message;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.Probe;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.ForeignPeer;
import dev.capstan.testkit.Missing;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How three implementations answer messages out of the ordinary: the newest C++ (workerd), C++ 0.9.2, and ours. The table is what the newest one
 * answers; what the others do differently is said where it is expected.
 */
final class UnusualMessagesTest {
    private static final String UNIMPLEMENTED = "UNIMPLEMENTED \"Requested interface not implemented.\"";

    /** What the newest C++ answers. Of reasons, what comes before the first semicolon. */
    private static final Map<UnusualMessages, List<String>> NEWEST = new EnumMap<>(Map.ofEntries(
            Map.entry(UnusualMessages.L01, List.of("Return 0 results [senderHosted 0] releaseParamCaps")),
            Map.entry(
                    UnusualMessages.L02,
                    List.of(
                            "Return 0 results [senderHosted 0] releaseParamCaps",
                            "Return 1 " + UNIMPLEMENTED,
                            "Return 2 results [senderHosted 0] releaseParamCaps")),
            Map.entry(UnusualMessages.L03, List.of("Return 1 FAILED \"Invalid pipeline transform.\"")),
            Map.entry(UnusualMessages.L04, List.of("Unimplemented JOIN")),
            Map.entry(UnusualMessages.L05, List.of("Unimplemented THIRD_PARTY_ANSWER")),
            Map.entry(UnusualMessages.L06, aborted("FAILED \"Invalid question ID in Return message.\"")),
            Map.entry(UnusualMessages.L07, aborted("FAILED \"Message target is not a current export ID.\"")),
            Map.entry(UnusualMessages.L08, aborted("FAILED")),
            Map.entry(UnusualMessages.L09, aborted("FAILED \"Unsupported `Call.sendResultsTo`.\"")),
            Map.entry(UnusualMessages.L10, List.of()),
            Map.entry(UnusualMessages.L11, List.of("Finish", "Return 1 RESULTS_SENT_ELSEWHERE")),
            Map.entry(UnusualMessages.L12, aborted("FAILED")),
            Map.entry(UnusualMessages.L13, aborted("FAILED \"Tried to release invalid export ID.\"")),
            Map.entry(UnusualMessages.L14, List.of()),
            Map.entry(UnusualMessages.L15, aborted("FAILED")),
            Map.entry(UnusualMessages.L16, List.of("Release 4 x1")),
            Map.entry(UnusualMessages.L17, aborted("FAILED")),
            Map.entry(UnusualMessages.L18, aborted("FAILED \"remote exception: bye\""))));

    /** Where the reason is an assertion's text, which says more about the source than about the protocol. */
    private static final Set<UnusualMessages> TEXT_IS_FREE =
            EnumSet.of(UnusualMessages.L08, UnusualMessages.L12, UnusualMessages.L15, UnusualMessages.L17);

    /** Answers to calls of which none depends on another may come in any order. */
    private static final Set<UnusualMessages> ORDER_IS_FREE = EnumSet.of(UnusualMessages.L02, UnusualMessages.L08);

    /** Ordinal of Probe.callBack. */
    private static final int CALL_BACK = 10;

    private static final Pattern AFTER_SEMICOLON = Pattern.compile(";[^\"]*\"");
    private static final Pattern REASON = Pattern.compile(" \".*\"");

    private static List<String> aborted(String failure) {
        return List.of("Abort " + failure, "end");
    }

    private static List<String> newest(UnusualMessages row) {
        return Objects.requireNonNull(NEWEST.get(row));
    }

    private static List<String> comparable(UnusualMessages row, List<String> transcript) {
        var lines = transcript.stream()
                .map(line -> AFTER_SEMICOLON.matcher(line).replaceAll("\""))
                .map(line -> TEXT_IS_FREE.contains(row) ? REASON.matcher(line).replaceAll("") : line);
        return (ORDER_IS_FREE.contains(row) ? lines.sorted() : lines).toList();
    }

    private static void assertAnswers(List<String> expected, UnusualMessages row, Address address) {
        assertEquals(comparable(row, expected), comparable(row, row.playedTo(address)));
    }

    /** What comes back when the other side calls us and is told that we know no calls. */
    private static List<String> calledInVain(Address address) {
        try (RawPeer peer = new RawPeer(address);
                Callback.Client some = new Callback.Client(new BrokenCap(Failure.failed("never called")))) {
            var root = peer.handshake();
            peer.call(1, root, Probe.INTERFACE_ID, CALL_BACK, call -> {
                var params = call.getParams().initContent().init(Probe.CallBackParams.TYPE);
                params.setTimes(1);
                params.setCallback(some);
                call.getParams().initCapTable(1).get(0).setSenderHosted(7);
            });
            peer.flush();
            Message.Reader called = peer.receive();
            if (called == null || called.which() != Message.Which.CALL) {
                throw new AssertionError("not called, but " + (called == null ? "nothing" : called.which()));
            }
            peer.send(message -> message.initUnimplemented().setCall(called.getCall()));
            peer.settle(root);
            return comparable(UnusualMessages.L08, peer.transcript());
        }
    }

    @Nested
    final class Ours {
        @TempDir
        @SuppressWarnings("NullAway.Init")
        private Path folder;

        @SuppressWarnings("NullAway.Init")
        private JavaServer server;

        @BeforeEach
        void serve() throws Exception {
            server = new JavaServer(Transport.AUTO, Target.Style.ASYNC, folder.resolve("peer.sock"));
        }

        @AfterEach
        void end() {
            server.assertNothingLeft();
            server.close();
        }

        @ParameterizedTest
        @EnumSource
        void answers_as_the_newest_does(UnusualMessages row) {
            List<String> expected = switch (row) {
                // releaseParamCaps is left out: a Bootstrap has no parameters, so the flag says nothing.
                case L01 -> List.of("Return 0 results [senderHosted 0]");
                case L02 ->
                    List.of(
                            "Return 0 results [senderHosted 0]",
                            "Return 1 " + UNIMPLEMENTED,
                            "Return 2 results [senderHosted 0]");
                default -> newest(row);
            };
            assertAnswers(expected, row, server.tcp());
        }

        @Test
        void a_call_of_ours_that_the_peer_does_not_know_fails_alone() {
            // Milder than C++ on purpose, as rpc.capnp allows: the connection stays.
            assertEquals(List.of("Release 7 x1", "Return 1 UNIMPLEMENTED"), calledInVain(server.tcp()));
        }
    }

    @Nested
    @ForeignPeer
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    final class Newest {
        private Missing missing = Missing.nothing();

        @SuppressWarnings("NullAway.Init")
        private Workerd workerd;

        @BeforeAll
        void serve() throws Exception {
            missing = Missing.of(() -> workerd = new Workerd());
        }

        /** Each test and not the class, which would be left out of the reports. */
        @BeforeEach
        void needs_the_peer() {
            missing.skips();
        }

        @AfterAll
        @SuppressWarnings("RedundantNullCheck") // Null when the peer cannot be had.
        void end() {
            if (workerd != null) {
                workerd.close();
            }
        }

        @ParameterizedTest
        @EnumSource
        void answers_as_the_table_says(UnusualMessages row) {
            assertAnswers(newest(row), row, workerd.address());
        }

        @Test
        void our_client_gets_its_bootstrap_object_which_does_not_know_our_interface() {
            try (NetLoop net = NetLoop.open("interop-client", Transport.AUTO);
                    Vat vat = Vat.on(net.loop()).build();
                    var connection =
                            vat.connect(net.network(), workerd.address()).await()) {
                try (Probe.Client stranger = connection.bootstrap(Probe.TYPE)) {
                    Failure failure = assertThrows(
                            Failure.class,
                            () -> stranger.holdCounts()
                                    .map(Probe.HoldCountsResults.Reader::getPending)
                                    .await());
                    assertEquals(Failure.Kind.UNIMPLEMENTED, failure.kind(), failure::toString);
                    assertEquals(
                            "remote exception: Requested interface not implemented.;"
                                    + " actualInterfaceName = workerd/io/worker-interface.capnp:WorkerdDebugPort;"
                                    + " requestedTypeId = " + Long.toUnsignedString(Probe.INTERFACE_ID),
                            failure.reason());
                }
                Eventually.nothingLeft(
                        net.loop(),
                        () -> connection.tables().isEmpty()
                                ? List.of()
                                : List.of(connection.tables().toString()));
            }
        }
    }

    @Nested
    @ForeignPeer
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    final class Version092 {
        private Missing missing = Missing.nothing();

        @SuppressWarnings("NullAway.Init")
        private Program server;

        @BeforeAll
        void serve() throws Exception {
            missing = Missing.of(() -> server = ForeignPrograms.cppServer("--stdin", "--port", "0"));
        }

        /** Each test and not the class, which would be left out of the reports. */
        @BeforeEach
        void needs_the_peer() {
            missing.skips();
        }

        @AfterAll
        @SuppressWarnings("RedundantNullCheck") // Null when the peer cannot be had.
        void end() {
            if (server != null) {
                server.close();
            }
        }

        @ParameterizedTest
        @EnumSource
        void answers_as_the_newest_does_but_for_four_rows(UnusualMessages row) {
            List<String> expected = switch (row) {
                case L10 -> List.of("Return 2147483648 " + UNIMPLEMENTED);
                case L11 -> List.of("Return 1 RESULTS_SENT_ELSEWHERE", "Finish");
                case L14 -> aborted("FAILED \"'Finish' for invalid question ID.\"");
                case L17 -> List.of("Unimplemented PROVIDE");
                default -> newest(row);
            };
            assertAnswers(expected, row, Address.parse(server.address()));
        }

        @Test
        void a_call_of_its_own_that_the_peer_does_not_know_ends_the_connection() {
            assertEquals(aborted("FAILED"), calledInVain(Address.parse(server.address())));
        }
    }
}
