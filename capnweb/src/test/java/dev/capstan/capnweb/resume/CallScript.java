package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * 200 calls with one effect each, of which a seed decides how they are made: one after the other, on results that are not there yet, through objects of the client, with streams both ways. Each effect
 * is counted where it happens.
 */
final class CallScript {
    static final int CALLS = 200;

    private final SimLoop sim;
    private final Loop loop;
    private final Random random;
    private final CallEffects effects;
    private final List<Promise<Object>> pending = new ArrayList<>();
    private final List<Object> expected = new ArrayList<>();
    private long next;

    CallScript(SimLoop sim, long seed) {
        this.sim = sim;
        this.loop = sim.loop();
        this.random = new Random(seed);
        this.effects = new CallEffects(loop);
    }

    /** What the server offers. */
    Cap main() {
        return effects.main();
    }

    /** Makes all calls. */
    void run(Stub main) {
        while (next < CALLS) {
            switch (random.nextInt(7)) {
                case 0 -> {
                    long id = next++;
                    assertEquals(id, sim.await(value(main.call("hit", id))));
                }
                case 1, 2 -> {
                    long id = next++;
                    expect(main.call("hit", id), id);
                }
                case 3 -> pipelined(main);
                case 4 -> callback(main);
                case 5 -> download(main);
                default -> upload(main);
            }
            if (random.nextInt(6) == 0) {
                check();
            }
        }
        check();
    }

    private static Promise<Object> value(Stub call) {
        return call.value().attach(call);
    }

    private void expect(Stub call, Object result) {
        pending.add(value(call).eager());
        expected.add(result);
    }

    private void pipelined(Stub main) {
        long id = next++;
        long inside = next++;
        Stub object = main.call("make", id);
        expect(object.call("plus", inside), id + inside);
        object.close();
    }

    private void callback(Stub main) {
        long id = next++;
        Function<List<Object>, Object> function = args -> effects.effect(args.getFirst()) * 10;
        expect(main.call("ask", function, id), id * 10);
    }

    private void download(Stub main) {
        long id = next++;
        Stub call = main.call("list", id);
        pending.add(call.value()
                .then(stream -> CallEffects.sum((Readable) stream, 0).attach((Readable) stream))
                .attach(call)
                .eager());
        expected.add(3 * id + 3);
    }

    private void upload(Stub main) {
        long id = next++;
        expect(main.call("sum", Readable.of(loop, List.of(id, 1L, 2L, 3L)), id), id + 6);
    }

    private void check() {
        List<Object> results = sim.await(Promise.all(pending));
        assertEquals(expected, results);
        pending.clear();
        expected.clear();
    }

    /** Each call has had its effect once, and each object was released. */
    void assertExactlyOnce() {
        effects.assertExactlyOnce(next);
    }
}
