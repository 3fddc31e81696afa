package dev.capstan.grpc.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.grpc.OwnProcess;
import dev.capstan.grpc.ServerKind;
import dev.capstan.grpc.conformance.Http2Peer;
import java.util.ArrayList;
import java.util.List;

/** A hundred clients that read nothing, and what the process has more of while they are there. */
final class CrowdProgram {
    private static final int CLIENTS = 100;

    /** For each: two messages, and what a connection is. */
    private static final long EACH_KIB = 256;

    private CrowdProgram() {}

    static void run(ServerKind kind) throws Exception {
        // The heap is there from the beginning, so that what the process grows by is what grows outside of it.
        OwnProcess done = OwnProcess.run(
                CrowdProgram.class,
                entry -> true,
                List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"),
                kind.name());
        assertEquals(0, done.exit(), done::output);
        assertTrue(done.number("HEAP_KIB") < CLIENTS * EACH_KIB, done::output);
        assertTrue(done.number("RSS_KIB") < 64 << 10, done::output);
    }

    public static void main(String[] arguments) throws Exception {
        try (Crowd crowd = new Crowd(ServerKind.valueOf(arguments[0]))) {
            try (Http2Peer _ = crowd.unreading()) {
                crowd.held.await(1, "the first stream is never told to wait");
            }
            crowd.over.await(1, "the first stream is not cancelled");
            long heap = StressProgram.usedHeap();
            long rss = StressProgram.residentKiB();
            List<Http2Peer> peers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                peers.add(crowd.unreading());
            }
            crowd.held.await(1 + CLIENTS, "a stream is never told to wait");
            System.out.println("HEAP_KIB " + (StressProgram.usedHeap() - heap) / 1024);
            System.out.println("RSS_KIB " + (StressProgram.residentKiB() - rss));
            for (Http2Peer each : peers) {
                each.kill();
            }
            crowd.over.await(1 + CLIENTS, "a stream is not cancelled");
        }
        System.exit(0);
    }
}
