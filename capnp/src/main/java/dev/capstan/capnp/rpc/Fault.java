package dev.capstan.capnp.rpc;

/** Deliberate faults, switched on one by one by tests that prove that other tests would notice. No product code sets any. */
enum Fault {
    NO_EMBARGO,
    NO_FINISH,
    RELEASE_ONE_TOO_FEW,
    RESULTS_SENT_TWICE,
    LEAK_ANSWER,
    CANCEL_DOES_NOT_REACH_SOURCE,
    NO_RESOLVE,
    EXPORT_NOT_SHARED,
    DISEMBARGO_LOST,
    NO_REMOTE_PREFIX,
    RESULTS_NEVER_TAKEN,
    KEEP_PARAM_CAPS
}
