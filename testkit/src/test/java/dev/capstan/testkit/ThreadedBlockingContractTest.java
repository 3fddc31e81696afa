package dev.capstan.testkit;

import dev.capstan.cap.Target;

/** The same with blocking objects. */
final class ThreadedBlockingContractTest extends ThreadedContractTest {
    @Override
    protected Target.Style style() {
        return Target.Style.BLOCKING;
    }
}
