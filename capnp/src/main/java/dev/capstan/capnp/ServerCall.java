package dev.capstan.capnp;

import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;

/** An incoming call before its types are known; generated dispatch code turns it into a {@link CallContext}. */
public final class ServerCall {
    private final Context context;
    private final Method.Ordinal method;

    ServerCall(Context context, Method.Ordinal method) {
        this.context = context;
        this.method = method;
    }

    /** The call with its types. */
    public <P extends StructReader, R extends StructBuilder> CallContext<P, R> context(
            StructType<?, P> params, StructType<R, ?> results) {
        return new CallContext<>(context, params, results);
    }

    /** The schema lets this call be cancelled while it runs. */
    public ServerCall allowCancellation() {
        context.allowCancellation();
        return this;
    }

    /** The object does not implement the interface that was asked for. */
    public Promise<Void> unimplementedInterface(String actualInterfaceName, long interfaceId) {
        return Promise.failed(Failure.unimplemented("Requested interface not implemented.; actualInterfaceName = "
                + actualInterfaceName + "; requestedTypeId = " + Long.toUnsignedString(interfaceId)));
    }

    /** The interface has no method of this number. */
    public Promise<Void> unimplementedMethod(String interfaceName, int methodId) {
        return Promise.failed(Failure.unimplemented("Method not implemented.; interfaceName = " + interfaceName
                + "; typeId = " + Long.toUnsignedString(method.interfaceId()) + "; methodId = " + methodId));
    }

    /** Why a method of another wire is not called. */
    static Failure foreign(Method.Member member) {
        return Failure.unimplemented(
                "'" + member
                        + "' is a name, and a Cap'n Proto object is called by numbers: put a gateway between this caller and the object");
    }
}
