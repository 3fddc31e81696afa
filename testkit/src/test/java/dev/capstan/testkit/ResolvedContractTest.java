package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;

/** References that were unknown once: two promises deep. */
final class ResolvedContractTest extends CapContract {
    private final SimLoop sim = new SimLoop();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected Cap reach(Target target) {
        QueuedCap inner = new QueuedCap(sim.loop());
        QueuedCap outer = new QueuedCap(sim.loop());
        outer.resolve(inner);
        inner.resolve(new LocalCap(sim.loop(), target));
        return outer;
    }
}
