package dev.capstan.capnp.rpc;

import dev.capstan.cap.Target;

/** The same with blocking objects. */
final class TwoHopBlockingContractTest extends TwoHopContractTest {
    @Override
    protected Target.Style style() {
        return Target.Style.BLOCKING;
    }
}
