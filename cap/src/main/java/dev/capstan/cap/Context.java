package dev.capstan.cap;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;

/** One call, as the object that does it sees it. Usable until the call's promise has settled; on the loop's thread or by the call's own fiber. */
public interface Context {
    /** What is called. */
    Method method();

    /** The parameters; borrowed until {@link #releaseParams} or the end of the call. */
    Payload params();

    /** Frees the parameters and the capabilities in them early, so that a long call does not pin them. */
    void releaseParams();

    /** Where the results are built; the same payload each time. {@code sizeHint} counts the first time, 0 if unknown. */
    Payload results(int sizeHint);

    /**
     * Lets the result of {@code request} be the result of this call, without it passing through here where the wire can do that. Takes
     * ownership of the request. Return the promise from the handler; {@link #results} must not have been used.
     */
    Promise<Void> tailCall(Request request);

    /** Tells callers what the results will be before the call ends, so that pipelined calls can go on. Takes ownership. */
    void setPipeline(Pipeline pipeline);

    /** From now on this call stops when nobody is interested in it any more; otherwise it runs to its end. */
    void allowCancellation();

    /** Whether nobody is interested in the call any more. */
    boolean isCanceled();

    /** The loop that the object lives on. */
    Loop loop();
}
