package dev.capstan.capnp.rpc;

import dev.capstan.cap.Target;

/** The same with blocking objects. */
final class PipeBlockingContractTest extends PipeContractTest {
    @Override
    protected Target.Style style() {
        return Target.Style.BLOCKING;
    }
}
