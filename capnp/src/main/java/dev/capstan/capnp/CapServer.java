package dev.capstan.capnp;

import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Method;
import dev.capstan.cap.Target;

/** An object that answers Cap'n Proto calls; generated servers extend it, and users implement those. */
public interface CapServer extends Target {
    /** Finds the method and calls it; written by the generator. */
    Promise<Void> dispatch(long interfaceId, int methodId, ServerCall call) throws Exception;

    @Override
    default Promise<Void> handle(Context context) throws Exception {
        return switch (context.method()) {
            case Method.Ordinal ordinal ->
                dispatch(ordinal.interfaceId(), ordinal.methodId(), new ServerCall(context, ordinal));
            case Method.Member member -> Promise.failed(ServerCall.foreign(member));
        };
    }

    /** Whether calls of this method form a stream; written by the generator. */
    default boolean isStreaming(Method.Ordinal method) {
        return false;
    }

    @Override
    default boolean isStreaming(Method method) {
        return method instanceof Method.Ordinal ordinal && isStreaming(ordinal);
    }
}
