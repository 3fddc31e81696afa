package dev.capstan.gateway.translate;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.dynamic.DynamicServer;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;

/**
 * An object of Cap'n Proto with one body for all of its methods.
 *
 * @param schema what it is
 * @param body what it does
 */
record DynamicServerOf(InterfaceSchema schema, Nodes.Body body) implements DynamicServer {
    Cap cap(Loop loop) {
        return new dev.capstan.cap.LocalCap(loop, this);
    }

    @Override
    public Promise<Void> call(
            InterfaceSchema.Method method, CallContext<DynamicStruct.Reader, DynamicStruct.Builder> context)
            throws Exception {
        return body.call(context);
    }
}
