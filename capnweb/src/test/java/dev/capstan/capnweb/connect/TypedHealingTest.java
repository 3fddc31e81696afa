package dev.capstan.capnweb.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remote;
import dev.capstan.capnweb.bind.Remotes;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Interfaces over stubs that heal, and over pools. */
class TypedHealingTest {
    private final Scene scene = new Scene();
    private final Binder binder = Binder.of(MethodHandles.lookup());

    @Remote
    interface Api {
        Session authenticate(String name);

        List<Long> list();

        Promise<Long> effect(String name);

        Promise<String> later(String name);
    }

    @Remote
    interface Session {
        String whoami();
    }

    @Test
    void an_interface_works_on_after_a_cut_over_a_stub_that_heals() {
        ReconnectingClient client = new ReconnectingClient(scene.loop, scene::connect, Scene.SETTINGS, new Random(1));
        Api api = binder.stub(Api.class, client.main());
        Session ann = binder.stub(Session.class, client.healing(main -> main.call("authenticate", "ann")));
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of(1L, 2L, 3L), api.list());
            assertEquals("ann", ann.whoami());
            Session bob = api.authenticate("bob");
            assertEquals("bob", bob.whoami());
            Remotes.close(bob);
            scene.assertTables(1);
            scene.cut();
            scene.sim.poll();
        }
        Promise<String> slow =
                Remotes.within(api, Duration.ofSeconds(2)).later("slow").eager();
        scene.sim.advance(Duration.ofMillis(1_999));
        assertFalse(scene.sim.poll(slow));
        scene.sim.advance(Duration.ofMillis(1));
        assertEquals(Failure.Kind.OVERLOADED, scene.failure(slow).kind());
        Remotes.close(ann);
        scene.assertIdle();
        Remotes.close(api);
        client.close();
        scene.assertNothingIsLeft();
    }

    @Test
    void an_interface_works_over_a_pool() {
        ClientPool pool = new ClientPool(
                scene.loop,
                scene::connect,
                PoolSettings.DEFAULT.withCallsEach(1).withClient(Scene.SETTINGS),
                new Random(1));
        Stub main = pool.main();
        Api api = binder.stub(Api.class, main);
        List<Promise<Long>> calls = List.of(api.effect("a"), api.effect("b"), api.effect("c"));
        assertEquals(List.of(1L, 1L, 1L), scene.sim.await(Promise.all(calls)));
        Session ann = api.authenticate("ann");
        assertEquals("ann", ann.whoami());
        Remotes.close(ann);
        Remotes.close(api);
        pool.close();
        scene.assertNothingIsLeft();
    }
}
