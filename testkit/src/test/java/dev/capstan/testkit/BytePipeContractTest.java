package dev.capstan.testkit;

import dev.capstan.async.BytePipe;
import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;

final class BytePipeContractTest extends StreamContract {
    private final SimLoop sim = new SimLoop();

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected Pair connect() {
        BytePipe pipe = new BytePipe(sim.loop());
        return new Pair(pipe.left(), pipe.right());
    }
}
