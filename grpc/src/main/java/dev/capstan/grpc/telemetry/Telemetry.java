package dev.capstan.grpc.telemetry;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;

/**
 * What watches the calls of a client and of a server: {@link OpenTelemetryCalls}, {@link MicrometerCalls} and {@link CorrelationIds} make it, {@code intercept} of {@code GrpcClient} and
 * {@code GrpcServer} takes it, and so do the channels and servers of grpc-java itself. Thread-safe; one may serve any number of clients and servers.
 *
 * @param client for clients. One call of the program is one call here, however often it is tried
 * @param server for servers. It should see calls before other interceptors do, and so be the one that is added last
 */
public record Telemetry(ClientInterceptor client, ServerInterceptor server) {}
