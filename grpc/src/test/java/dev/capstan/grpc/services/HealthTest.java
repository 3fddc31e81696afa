package dev.capstan.grpc.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.capstan.async.Promise;
import dev.capstan.grpc.EchoService;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Limits;
import dev.capstan.grpc.Served;
import dev.capstan.grpc.client.Balancing;
import dev.capstan.grpc.client.CallSettings;
import dev.capstan.grpc.client.GrpcCall;
import dev.capstan.grpc.client.GrpcClient;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.Empty;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest {
    private static final String SERVICE = TestServiceGrpc.SERVICE_NAME;
    private static final Duration LONG = Duration.ofHours(1);

    private final Health health = new Health();
    private Served served;

    @BeforeEach
    void open() {
        served = new Served(
                server -> server.service(new EchoService()).health(health).reflection());
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private Channel channel(String client) {
        return client.equals("capstan") ? served.client().channel() : served.channel();
    }

    private static HealthCheckRequest of(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private static ServingStatus check(Channel by, String service) {
        return HealthGrpc.newBlockingStub(by).check(of(service)).getStatus();
    }

    @ParameterizedTest
    @ValueSource(strings = {"capstan", "grpc-java"})
    @Parity({"GRPC-P7.1", "GRPC-P7.2", "GRPC-P7.7"})
    void each_service_and_the_whole_server_serve_from_the_start(String client) {
        Channel channel = channel(client);
        assertEquals(ServingStatus.SERVING, check(channel, SERVICE));
        assertEquals(ServingStatus.SERVING, check(channel, ""));
        StatusRuntimeException failure =
                assertThrows(StatusRuntimeException.class, () -> check(channel, "nobody.Knows"));
        assertEquals(Status.Code.NOT_FOUND, failure.getStatus().getCode());
    }

    @Test
    void what_the_program_said_before_the_server_was_built_stays() throws Exception {
        Health own = new Health();
        own.set(SERVICE, ServingStatus.NOT_SERVING);
        try (Served other =
                new Served(server -> server.service(new EchoService()).health(own))) {
            assertEquals(ServingStatus.NOT_SERVING, check(other.channel(), SERVICE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"capstan", "grpc-java"})
    @Parity({"GRPC-P7.3", "GRPC-P7.7"})
    void a_watcher_is_told_of_each_change(String client) {
        Iterator<HealthCheckResponse> told =
                HealthGrpc.newBlockingStub(channel(client)).watch(of("later"));
        assertEquals(ServingStatus.SERVICE_UNKNOWN, told.next().getStatus());
        health.set("later", ServingStatus.SERVING);
        assertEquals(ServingStatus.SERVING, told.next().getStatus());
        health.set("later", ServingStatus.NOT_SERVING);
        assertEquals(ServingStatus.NOT_SERVING, told.next().getStatus());
    }

    @Test
    @Parity("GRPC-P7.8")
    void what_is_served_has_a_health_of_its_own_service_or_capability() {
        String blue = SERVICE + "/blue";
        String green = SERVICE + "/green";
        health.set(blue, ServingStatus.SERVING);
        health.set(green, ServingStatus.SERVING);
        Channel channel = channel("capstan");
        Iterator<HealthCheckResponse> watched =
                HealthGrpc.newBlockingStub(channel).watch(of(green));
        assertEquals(ServingStatus.SERVING, watched.next().getStatus());
        health.set(blue, ServingStatus.NOT_SERVING);
        assertEquals(ServingStatus.NOT_SERVING, check(channel, blue));
        assertEquals(ServingStatus.SERVING, check(channel, green));
        assertEquals(ServingStatus.SERVING, check(channel, SERVICE));
        assertEquals(ServingStatus.SERVING, check(channel, ""));
        // What its watcher hears next is of its own, though the other has changed before.
        health.set(green, ServingStatus.NOT_SERVING);
        assertEquals(ServingStatus.NOT_SERVING, watched.next().getStatus());
    }

    @Test
    @Parity("GRPC-P7.4")
    void all_services_are_listed_by_the_schema_that_reflection_tells() {
        health.set("more", ServingStatus.NOT_SERVING);
        var client = served.client();
        DescriptorPool pool = new ReflectionClient(
                        served.net.loop(), client, CallSettings.DEFAULT, Limits.Reflection.DEFAULT)
                .schemas(List.of(HealthGrpc.SERVICE_NAME))
                .await();
        var method = pool.service(HealthGrpc.SERVICE_NAME).orElseThrow().findMethodByName("List");
        MethodDescriptor<DynamicMessage, DynamicMessage> list =
                MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName("grpc.health.v1.Health/List")
                        .setRequestMarshaller(
                                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                        .setResponseMarshaller(
                                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                        .build();
        DynamicMessage answer =
                client.one(list, DynamicMessage.getDefaultInstance(method.getInputType()), CallSettings.DEFAULT);
        Map<String, String> statuses = new HashMap<>();
        var field = method.getOutputType().findFieldByName("statuses");
        for (int i = 0; i < answer.getRepeatedFieldCount(field); i++) {
            DynamicMessage entry = (DynamicMessage) answer.getRepeatedField(field, i);
            Descriptor type = entry.getDescriptorForType();
            DynamicMessage value = (DynamicMessage) entry.getField(type.findFieldByName("value"));
            statuses.put(
                    (String) entry.getField(type.findFieldByName("key")),
                    value.getField(value.getDescriptorForType().findFieldByName("status"))
                            .toString());
        }
        assertEquals(Map.of("", "SERVING", SERVICE, "SERVING", "more", "NOT_SERVING"), statuses);
    }

    private static ServingStatus next(GrpcCall<HealthCheckRequest, HealthCheckResponse> watch) {
        return Objects.requireNonNull(watch.read()).getStatus();
    }

    @Test
    @Parity({"GRPC-P7.5", "GRPC-F9.1"})
    void draining_tells_watchers_before_anything_is_refused_and_does_not_wait_for_them() {
        var client = served.client();
        try (GrpcCall<HealthCheckRequest, HealthCheckResponse> watch = client.call(HealthGrpc.getWatchMethod())) {
            watch.write(of(""));
            watch.end();
            assertEquals(ServingStatus.SERVING, next(watch));
            Promise<Void> drained =
                    served.net.loop().fetch(() -> served.grpc.drain(LONG)).eager();
            assertEquals(ServingStatus.NOT_SERVING, next(watch));
            GrpcFailure end = assertThrows(GrpcFailure.class, watch::read);
            assertEquals(Status.Code.UNAVAILABLE, end.code());
            assertEquals("the server is leaving", end.reason());
            drained.await();
            client.one(TestServiceGrpc.getEmptyCallMethod(), Empty.getDefaultInstance(), CallSettings.DEFAULT);
            assertEquals(ServingStatus.NOT_SERVING, check(client.channel(), SERVICE));
        }
    }

    @Test
    @Parity("GRPC-P7.5")
    void draining_tells_watchers_whose_handlers_run_on_threads_of_their_own() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Served other = new Served(server ->
                        server.service(new EchoService()).health(new Health()).executor(threads));
                GrpcCall<HealthCheckRequest, HealthCheckResponse> watch =
                        other.client().call(HealthGrpc.getWatchMethod())) {
            watch.write(of(SERVICE));
            watch.end();
            assertEquals(ServingStatus.SERVING, next(watch));
            Promise<Void> drained =
                    other.net.loop().fetch(() -> other.grpc.drain(LONG)).eager();
            assertEquals(ServingStatus.NOT_SERVING, next(watch));
            assertEquals(
                    Status.Code.UNAVAILABLE,
                    assertThrows(GrpcFailure.class, watch::read).code());
            drained.await();
        }
    }

    @Test
    @Parity({"GRPC-P4.3", "GRPC-P7.6"})
    void a_client_that_balances_by_health_leaves_a_server_that_drains() throws Exception {
        AtomicInteger here = new AtomicInteger();
        AtomicInteger there = new AtomicInteger();
        Health leaving = new Health();
        try (Served one = new Served(server -> server.service(counting(here)).health(leaving));
                Served two =
                        new Served(server -> server.service(counting(there)).health(new Health()))) {
            Channel channel = one.keep(GrpcClient.on(one.net)
                            .to(one.http.address(), two.http.address())
                            .plaintext()
                            .balancing(new Balancing.RoundRobin())
                            .healthOf(SERVICE)
                            .build())
                    .channel();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (here.get() == 0 || there.get() == 0) {
                assertTrue(System.nanoTime() < until, "both servers are used");
                call(channel);
            }
            one.net.loop().fetch(() -> one.grpc.drain(LONG)).await();
            int before = -1;
            int alone = 0;
            while (alone < 20) {
                assertTrue(System.nanoTime() < until, "the draining server is left alone");
                call(channel);
                alone = here.get() == before ? alone + 1 : 0;
                before = here.get();
            }
        }
    }

    private static ServerServiceDefinition counting(AtomicInteger calls) {
        return ServerInterceptors.intercept(new EchoService(), new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                calls.incrementAndGet();
                return next.startCall(call, headers);
            }
        });
    }

    private static void call(Channel channel) {
        TestServiceGrpc.newBlockingStub(channel).withWaitForReady().emptyCall(Empty.getDefaultInstance());
    }
}
