package dev.capstan.capnp.rpc;

/** Deliberate faults, switched on one by one by tests that prove that other tests would notice. No product code sets any. */
enum Fault {
    NO_EMBARGO,
    NO_FINISH,
    RELEASE_ONE_TOO_FEW,
    RESULTS_OUT_OF_ORDER,
    LEAK_ANSWER,
    CANCEL_DOES_NOT_REACH_SOURCE,
    NO_RESOLVE,
    EXPORT_NOT_SHARED,
    DISEMBARGO_AT_ONCE,
    NO_REMOTE_PREFIX,
    DOUBLE_FINISH,
    KEEP_PARAM_CAPS
}
