package dev.capstan.capnweb;

/** The capability contract over a simulated connection. */
final class SessionContractTest extends WebContract {}
