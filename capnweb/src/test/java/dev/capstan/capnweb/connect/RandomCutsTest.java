package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Backoff;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls through stubs that heal while the network loses connections at random: no effect happens twice, and nothing is left. */
class RandomCutsTest {
    private static final int CUTS = 1_000;

    private final Map<String, String> outcomes = new LinkedHashMap<>();

    private void outcome(String call, @Nullable Throwable failure) {
        String before = outcomes.put(
                call, failure == null ? "done" : Failure.of(failure).kind().name());
        assertEquals(null, before, call);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void over_a_thousand_cuts_no_effect_happens_twice_and_nothing_is_left(long seed) {
        Random random = new Random(seed);
        Scene scene = new Scene(seed);
        scene.network.latency(Duration.ofMillis(1), Duration.ofMillis(20));
        ReconnectingClient client = new ReconnectingClient(
                scene.loop,
                scene::connect,
                ClientSettings.DEFAULT
                        .withBackoff(Backoff.DEFAULT
                                .withDelays(Duration.ofMillis(10), Duration.ofMillis(100))
                                .withSteady(Duration.ofMillis(50)))
                        .withWaiting(new WaitLimits(20, 4_000, Duration.ofMillis(60))),
                new Random(seed));
        Stub api = client.main();
        Stub session = client.healing(main -> main.call("authenticate", "ann"));
        Stub repeating = Idempotent.repeating(session, 100, "whoami");
        int calls = 0;
        for (int cuts = 0; cuts < CUTS; ) {
            String name = "call " + calls++;
            switch (random.nextInt(6)) {
                case 0 -> listen(scene, name, api.call("effect", name));
                case 1 -> listen(scene, name, session.call("effect", name));
                case 2 -> listen(scene, "repeated " + name, repeating.call("whoami"));
                case 3 -> api.call("effect", name).close();
                case 4 -> {
                    scene.reachable = random.nextInt(4) > 0;
                    cuts += scene.wires.getLast().isOpen() ? 1 : 0;
                    scene.cut();
                }
                default -> scene.sim.advance(Duration.ofMillis(random.nextInt(60)));
            }
        }
        scene.reachable = true;
        scene.sim.advance(Duration.ofSeconds(5));

        assertTrue(scene.effects.values().stream().allMatch(times -> times == 1), () -> scene.effects.toString());
        int[] count = new int[3];
        outcomes.forEach((name, how) -> {
            switch (how) {
                case "done" -> {
                    count[0]++;
                    assertTrue(name.startsWith("repeated") || scene.effects.containsKey(name), name);
                }
                case "DISCONNECTED" -> {
                    count[1]++;
                    assertTrue(!name.startsWith("repeated"), name);
                }
                case "OVERLOADED" -> {
                    count[2]++;
                    assertTrue(!scene.effects.containsKey(name), name + " was said not to be sent");
                }
                default -> throw new AssertionError(name + ": " + how);
            }
        });
        assertTrue(
                count[0] > 500 && count[1] > 100 && count[2] > 20,
                () -> count[0] + " done, " + count[1] + " disconnected, " + count[2] + " refused");
        assertEquals("ann", scene.await(session.call("whoami")));
        repeating.close();
        session.close();
        scene.sim.advance(Duration.ofSeconds(1));
        scene.assertIdle();
        assertTrue(scene.servers.size() >= CUTS, () -> scene.servers.size() + " connections");
        api.close();
        client.close();
        scene.assertNothingIsLeft();
    }

    private void listen(Scene scene, String name, Stub result) {
        try (result) {
            result.value().listen(scene.loop, (value, failure) -> outcome(name, failure));
        }
    }
}
