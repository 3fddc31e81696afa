package dev.capstan.gateway.translate;

import dev.capstan.cap.Cap;
import dev.capstan.cap.Membrane;
import java.util.ArrayList;
import java.util.List;

/** As {@link SessionsContractTest}, with a membrane between the second gateway and its session of Cap'n Web. */
final class MembraneContractTest extends SessionsContractTest {
    private final Membrane membrane =
            new Membrane(sim.loop(), Membrane.Policy.ALL, new Membrane.Limits(100_000, 100_000, 1 << 30, 100_000));

    @Override
    Cap border(Cap object) {
        return membrane.outward(object);
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>(super.leftovers());
        if (membrane.size() > 0) {
            left.add(membrane.size() + " capabilities have passed the membrane");
        }
        return left;
    }
}
