package dev.capstan.capnweb;

import dev.capstan.cap.Target;

/** The capability contract with objects that block. */
final class BlockingContractTest extends WebContract {
    @Override
    protected Target.Style style() {
        return Target.Style.BLOCKING;
    }
}
