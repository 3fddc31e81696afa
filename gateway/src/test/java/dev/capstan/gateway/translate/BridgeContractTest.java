package dev.capstan.gateway.translate;

/** The capability contract through two gateways with nothing between them. */
final class BridgeContractTest extends BridgeContract {}
