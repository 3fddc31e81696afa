package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.resume.ResumeScene.Notice;
import dev.capstan.testkit.LongRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A script of calls whose connection is cut: each call has its effect once, and nothing stays in any table. */
class ResumeTest {
    private static final List<Notice> NOTICES = List.of(Notice.values());

    private static final WebPeer.Tables NOTHING_IN_USE = new WebPeer.Tables(0, 1, 1);
    private static final WebPeer.Tables WITHOUT_OWN_MAIN = new WebPeer.Tables(0, 1, 0);

    /** Where a run is cut: once so many messages have arrived at one end. */
    private record Cut(boolean atServer, int after, Notice notice) {}

    /** Gives the messages that have arrived at the server and at the client. */
    private static int[] run(long seed, Cut... cuts) {
        ResumeScene scene = new ResumeScene(seed, ResumeLimits.DEFAULT);
        scene.network.latency(Duration.ZERO, Duration.ofMillis(3));
        CallScript script = new CallScript(scene.sim, seed);
        scene.main = script::main;
        int[] cutsMade = new int[1];
        IntSupplier atServer = scene.fromClient::size;
        IntSupplier atClient = scene.fromServer::size;
        Runnable check = () -> {
            if (cutsMade[0] < cuts.length) {
                Cut cut = cuts[cutsMade[0]];
                if ((cut.atServer() ? atServer : atClient).getAsInt() >= cut.after()) {
                    cutsMade[0]++;
                    scene.cut(cut.notice());
                }
            }
        };
        scene.onArrivalAtServer = check;
        scene.onArrivalAtClient = check;
        WebPeer client = scene.client(null);
        try (Stub main = Stub.of(scene.loop, client.main())) {
            script.run(main);
        }
        // A client that has noticed nothing asks before long.
        scene.sim.advance(Duration.ofMinutes(1));
        script.assertExactlyOnce();
        assertEquals(WITHOUT_OWN_MAIN, client.tables());
        assertEquals(NOTHING_IN_USE, scene.serverPeers.getLast().tables());
        assertEquals(cuts.length, cutsMade[0]);
        client.close();
        // Where the client never heard that its session had begun, the server has to notice that nobody is there.
        scene.sim.advance(Duration.ofMinutes(3));
        assertEquals(0, scene.server.sessions());
        scene.close();
        return new int[] {scene.fromClient.size(), scene.fromServer.size()};
    }

    @Test
    void two_hundred_calls_have_their_effects_without_a_cut() {
        int[] messages = run(1);
        assertTrue(messages[0] > CallScript.CALLS && messages[1] > CallScript.CALLS, messages[0] + " " + messages[1]);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 1", "true, 2", "true, 3", "false, 0", "false, 1"})
    void cut_at_every_message_boundary_in_each_direction_each_call_has_its_effect_once(boolean atServer, int part) {
        // In parts, because a machine may be busy with other things.
        cutAtEvery(atServer, part + 1, atServer ? 4 : 2, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @LongRun
    void cut_at_every_message_boundary_of_another_script_each_call_has_its_effect_once(boolean atServer) {
        cutAtEvery(atServer, 1, 1, 2, 1);
    }

    private static void cutAtEvery(boolean atServer, int first, int step, long seed, int notice) {
        int messages = run(seed)[atServer ? 0 : 1];
        // The last one ends the session.
        int sparse = Boolean.getBoolean("capstan.quick") ? 8 * step : step;
        for (int after = first; after < messages - 1; after += sparse) {
            runTold(seed, new Cut(atServer, after, NOTICES.get((after / sparse + notice) % 3)));
        }
    }

    @Test
    void cut_again_and_again_each_call_has_its_effect_once() {
        for (long seed = 1; seed <= 40; seed++) {
            Random random = new Random(seed);
            List<Cut> cuts = new ArrayList<>();
            boolean atServer = random.nextBoolean();
            for (int after = 1; after < 350; after += 1 + random.nextInt(50)) {
                cuts.add(new Cut(atServer, after, NOTICES.get(random.nextInt(3))));
            }
            runTold(seed, cuts.toArray(Cut[]::new));
        }
    }

    private static void runTold(long seed, Cut... cuts) {
        try {
            run(seed, cuts);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ", cut at " + Arrays.toString(cuts), e);
        }
    }
}
