package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;

/** Objects of the caller's own loop. */
class LocalContractTest extends CapContract {
    private final SimLoop sim = new SimLoop();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected Cap reach(Target target) {
        return new LocalCap(sim.loop(), target);
    }
}
