package dev.capstan.grpc.server;

import io.grpc.HandlerRegistry;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods of a server, each behind its interceptors. Immutable. */
final class Methods {
    private final Map<String, ServerMethodDefinition<?, ?>> byName = new HashMap<>();
    private final List<ServerServiceDefinition> services;
    private final Set<String> own;
    private final List<ServerInterceptor> interceptors;
    private final @Nullable HandlerRegistry fallback;

    /**
     * Those of the program's services, and of services that tell of the server: these are its own, whose streams last as long as it does.
     *
     * @throws IllegalArgumentException if two methods have the same name
     */
    Methods(
            List<ServerServiceDefinition> services,
            List<ServerServiceDefinition> own,
            List<ServerInterceptor> interceptors,
            @Nullable HandlerRegistry fallback) {
        List<ServerServiceDefinition> all = new ArrayList<>(services);
        all.addAll(own);
        this.services = List.copyOf(all);
        this.own =
                own.stream().map(each -> each.getServiceDescriptor().getName()).collect(Collectors.toUnmodifiableSet());
        this.interceptors = List.copyOf(interceptors);
        this.fallback = fallback;
        for (ServerServiceDefinition service : all) {
            for (ServerMethodDefinition<?, ?> method :
                    ServerInterceptors.intercept(service, this.interceptors).getMethods()) {
                String name = method.getMethodDescriptor().getFullMethodName();
                if (byName.put(name, method) != null) {
                    throw new IllegalArgumentException("two services have the method " + name + ": leave one out");
                }
            }
        }
    }

    List<ServerServiceDefinition> services() {
        return services;
    }

    /** Whether the service of this name tells of the server. */
    boolean isOwn(@Nullable String service) {
        return service != null && own.contains(service);
    }

    /**
     * The method of this name.
     *
     * @param host whom the client meant, which a fallback may heed
     * @throws io.grpc.StatusRuntimeException UNIMPLEMENTED if there is none
     */
    ServerMethodDefinition<?, ?> find(String name, @Nullable String host) {
        ServerMethodDefinition<?, ?> method = byName.get(name);
        if (method != null) {
            return method;
        }
        ServerMethodDefinition<?, ?> other = fallback == null ? null : fallback.lookupMethod(name, host);
        if (other == null) {
            throw Status.UNIMPLEMENTED
                    .withDescription("there is no method " + name + " here")
                    .asRuntimeException();
        }
        return intercepted(other);
    }

    private <Q, S> ServerMethodDefinition<Q, S> intercepted(ServerMethodDefinition<Q, S> method) {
        ServerCallHandler<Q, S> handler = method.getServerCallHandler();
        for (ServerInterceptor each : interceptors) {
            ServerCallHandler<Q, S> next = handler;
            handler = (call, headers) -> each.interceptCall(call, headers, next);
        }
        return method.withServerCallHandler(handler);
    }
}
