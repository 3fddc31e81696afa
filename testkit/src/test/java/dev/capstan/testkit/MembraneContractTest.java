package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Membrane;
import dev.capstan.cap.Target;
import java.util.List;

/** Objects behind a membrane that lets everything pass. */
class MembraneContractTest extends CapContract {
    /** More calls wait here at once than one visitor may make. */
    private static final Membrane.Limits WIDE = new Membrane.Limits(100_000, 100_000, 1 << 30, 100_000);

    private final SimLoop sim = new SimLoop();
    private final Membrane membrane = new Membrane(sim.loop(), Membrane.Policy.ALL, WIDE);

    @Override
    protected Loop loop() {
        return sim.loop();
    }

    @Override
    protected Cap reach(Target target) {
        return membrane.outward(new LocalCap(sim.loop(), target));
    }

    @Override
    protected List<String> leftovers() {
        return membrane.size() == 0 ? List.of() : List.of(membrane.size() + " capabilities have passed the membrane");
    }
}
