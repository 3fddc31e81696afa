package dev.capstan.capnweb.bind;

/** How a method gives its result. */
enum Outcome {
    /** As it is, or nothing: at a caller, the thread waits. */
    VALUE,
    /** A remote or functional interface: at a caller it is there at once, and stands for what will be. */
    REFERENCE,
    /** A {@link dev.capstan.async.Promise}. */
    PROMISE,
    /** A {@link java.util.concurrent.CompletionStage}. */
    STAGE,
    /** A {@link Pending}. */
    PENDING
}
