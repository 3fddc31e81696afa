package dev.capstan.grpc.telemetry;

import io.grpc.MethodDescriptor;

/**
 * The names under which a call is counted.
 *
 * @param service as in {@code rpc.service}
 * @param method as in {@code rpc.method}
 */
record CallNames(String service, String method) {
    /** Those of {@code method}, whatever it is. */
    static CallNames of(MethodDescriptor<?, ?> method) {
        String service = method.getServiceName();
        String bare = method.getBareMethodName();
        return new CallNames(service == null ? "" : service, bare == null ? method.getFullMethodName() : bare);
    }

    /** Those of {@code method} if it is generated; else the peer may have made its name up, and each name would be a metric for ever: they are counted together, as gRPC's own metrics have it (A66). */
    static CallNames counted(MethodDescriptor<?, ?> method) {
        return method.isSampledToLocalTracing() ? of(method) : new CallNames("other", "other");
    }
}
