package dev.capstan.capnp.dynamic;

import dev.capstan.async.Promise;
import dev.capstan.cap.Method.Ordinal;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.CapServer;
import dev.capstan.capnp.ServerCall;
import dev.capstan.capnp.dynamic.InterfaceSchema.Method;

/** An object that answers the calls of an interface that is known only at run time; users implement it. */
public interface DynamicServer extends CapServer {
    /** The interface; the same at each call. */
    InterfaceSchema schema();

    /**
     * One call of a method, own or inherited.
     *
     * @return a promise that settles when the results in {@code context} are complete
     */
    Promise<Void> call(Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context)
            throws Exception;

    @Override
    default Promise<Void> dispatch(long interfaceId, int methodId, ServerCall call) throws Exception {
        InterfaceSchema owner = schema().findSuperclass(interfaceId);
        if (owner == null) {
            return call.unimplementedInterface(schema().displayName(), interfaceId);
        }
        Method method = schema().findMethod(interfaceId, methodId);
        if (method == null) {
            return call.unimplementedMethod(owner.displayName(), methodId);
        }
        return call(
                method,
                call.context(method.params().structType(), method.results().structType()));
    }

    @Override
    default boolean isStreaming(Ordinal ordinal) {
        Method method = schema().findMethod(ordinal.interfaceId(), ordinal.methodId());
        return method != null && method.isStreaming();
    }
}
