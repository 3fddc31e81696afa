package dev.capstan.grpc.stress;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.conformance.Http2Peer;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that take nothing, or go in the middle, and what a server has of them. */
@LongRun
class CrowdTest {
    /** What the client's socket has room for, what readiness allows beyond the system's buffers, and as much again. */
    private static final long BESIDE = 1 << 20;

    /** The most that the system queues of one socket. */
    private static long sendBytes() throws Exception {
        try (Stream<String> lines = Files.lines(Path.of("/proc/sys/net/ipv4/tcp_wmem"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip().split("\\s+", -1)[2]);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity("GRPC-G8.2")
    void a_stream_without_end_to_a_client_that_reads_nothing_stops_at_what_the_system_takes(ServerKind kind)
            throws Exception {
        try (Crowd crowd = new Crowd(kind);
                Http2Peer _ = crowd.unreading();
                Http2Peer other = crowd.connected()) {
            crowd.held.await(1, "the stream is never told to wait");
            long bound = sendBytes() + BESIDE;
            // As often as another client is answered, the server could have written more.
            for (int i = 0; i < 500; i++) {
                crowd.exchange(other, 1 + 2 * i);
                assertTrue(crowd.written.get() <= bound, () -> crowd.written.get() + " bytes of at most " + bound);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-P3.6", "GRPC-F7.4"})
    void five_hundred_connections_that_end_in_one_way_or_another_leave_no_descriptor_and_no_call(ServerKind kind)
            throws Exception {
        try (Crowd crowd = new Crowd(kind)) {
            try (Http2Peer first = crowd.connected()) {
                crowd.exchange(first, 1);
            }
            long before = StressProgram.sockets();
            int streams = 0;
            for (int round = 0; round < 10; round++) {
                List<Http2Peer> peers = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    boolean asks = i % 4 < 2;
                    Http2Peer peer = asks ? crowd.unreading() : crowd.connected();
                    streams += asks ? 1 : 0;
                    if (i % 4 == 2) {
                        crowd.exchange(peer, 1);
                    }
                    peers.add(peer);
                }
                crowd.begun.await(streams, "a call does not arrive");
                for (int i = 0; i < peers.size(); i++) {
                    if (i % 2 == 0) {
                        peers.get(i).close();
                    } else {
                        peers.get(i).kill();
                    }
                }
            }
            crowd.over.await(streams, "a call whose connection has gone is not cancelled");
            StressProgram.awaitSockets(before);
            Load.check(crowd.server.calls() == 0, "the server has calls of clients that have gone");
        }
    }

    @LongRun
    @ParameterizedTest
    @EnumSource
    @Parity({"GRPC-G8.2", "GRPC-F7.4"})
    void what_a_hundred_clients_that_read_nothing_hold_of_a_server_is_bounded(ServerKind kind) throws Exception {
        CrowdProgram.run(kind);
    }
}
