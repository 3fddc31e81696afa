package dev.capstan.capnp;

import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Target;

/** An object that answers Cap'n Proto calls; generated servers extend it, and users implement those. */
public interface CapServer extends Target {
    /** Finds the method and calls it; written by the generator. */
    Promise<Void> dispatch(long interfaceId, int methodId, ServerCall call) throws Exception;

    @Override
    default Promise<Void> handle(Context context) throws Exception {
        return dispatch(context.method().interfaceId(), context.method().methodId(), new ServerCall(context));
    }
}
