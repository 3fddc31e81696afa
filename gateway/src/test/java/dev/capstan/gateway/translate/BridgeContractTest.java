package dev.capstan.gateway.translate;

import dev.capstan.async.SimLoop;

/** The capability contract through two gateways with nothing between them. */
final class BridgeContractTest extends BridgeContract<SimLoop> {
    BridgeContractTest() {
        super(new SimLoop(), SimLoop::loop);
    }
}
