package dev.capstan.examples.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Remotes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeersTest {
    /** Only the main objects. */
    private static final WebPeer.Tables EMPTY = new WebPeer.Tables(0, 1, 1);

    @Test
    void both_call_each_other_and_what_is_closed_is_released_at_the_other() throws Exception {
        BlockingQueue<String> heardByAlice = new LinkedBlockingQueue<>();
        BlockingQueue<String> heardByBob = new LinkedBlockingQueue<>();
        BlockingQueue<WebPeer> met = new LinkedBlockingQueue<>();
        try (Peer alice = new Peer("alice");
                Peer bob = new Peer("bob")) {
            int port = alice.listen(0, met::add);
            try (WebPeer toAlice = bob.connect(URI.create("ws://127.0.0.1:" + port + "/"))) {
                Notebook ofAlice = bob.of(toAlice);
                assertEquals("alice", ofAlice.owner().await());
                WebPeer toBob = met.take();
                Notebook ofBob = alice.of(toBob);
                assertEquals("bob", ofBob.owner().await());
                Notebook.Following ofTheFirst = ofBob.follow(heardByAlice::add);
                Notebook.Following ofTheSecond = ofAlice.follow(heardByBob::add);
                assertEquals(0, ofTheFirst.lines().await());
                assertEquals(0, ofTheSecond.lines().await());
                alice.write("a");
                bob.write("b");
                ofAlice.write("b again");
                assertEquals("b", heardByAlice.take());
                assertEquals(List.of("a", "b again"), List.of(heardByBob.take(), heardByBob.take()));
                assertEquals(2, ofTheSecond.lines().await());
                ofTheFirst.close();
                ofTheSecond.close();
                settle(alice, toBob);
                settle(bob, toAlice);
                assertEquals(0, alice.readers() + bob.readers());
                Remotes.close(ofAlice);
                Remotes.close(ofBob);
            }
        }
    }

    private static void settle(Peer peer, WebPeer session) {
        while (!peer.net()
                .loop()
                .fetch(() -> Promise.of(session.tables()))
                .await()
                .equals(EMPTY)) {
            peer.net().loop().timer().after(Duration.ofMillis(5)).await();
        }
    }

    @Test
    void what_a_process_held_is_released_when_it_is_gone() throws Exception {
        SynchronousQueue<Boolean> gone = new SynchronousQueue<>();
        try (Peer alice = new Peer("alice")) {
            int port = alice.listen(
                    0,
                    other -> other.onDisconnect()
                            .listen(
                                    alice.net().loop(),
                                    (done, failure) -> Thread.startVirtualThread(() -> {
                                        try {
                                            gone.put(true);
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    })));
            try (Peer bob = new Peer("bob");
                    WebPeer toAlice = bob.connect(URI.create("ws://127.0.0.1:" + port + "/"))) {
                Notebook.Following following = bob.of(toAlice).follow(line -> {});
                assertEquals(0, following.lines().await());
                assertEquals(1, alice.readers());
            }
            assertTrue(gone.take());
            assertEquals(0, alice.readers());
        }
    }

    @Test
    void two_processes_write_into_each_others_notebooks() throws Exception {
        Process bob = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bob.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(bob.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(bob.waitFor(60, TimeUnit.SECONDS), said);
        assertEquals("""
                bob meets alice
                bob reads: bob was here
                bob reads: bob goes
                bob has read 2 lines
                alice reads: hello, bob, this is alice
                alice reads: bob thinks of nothing
                alice reads: bob thinks of alice
                alice is alone
                """.lines().sorted().toList(), said.lines().sorted().toList(), said);
    }
}
