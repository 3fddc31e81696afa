package dev.capstan.gateway.translate;

import dev.capstan.cap.Target;

/** As {@link SessionsContractTest}, with objects whose bodies block. */
final class BlockingContractTest extends SessionsContractTest {
    @Override
    protected Target.Style style() {
        return Target.Style.BLOCKING;
    }
}
