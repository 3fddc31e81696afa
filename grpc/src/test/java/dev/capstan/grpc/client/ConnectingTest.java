package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Served;
import dev.capstan.net.Limits.Http2;
import dev.capstan.net.NetLoop;
import dev.capstan.testkit.LongRun;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.ResponseParameters;
import dev.capstan.testprotos.interop.SimpleRequest;
import dev.capstan.testprotos.interop.SimpleResponse;
import dev.capstan.testprotos.interop.StreamingOutputCallRequest;
import dev.capstan.testprotos.interop.StreamingOutputCallResponse;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a client connects, to what, how often, and when it lets go. */
class ConnectingTest {
    private static final long SECONDS = 60;

    private final Scene scene = new Scene();
    private final Served served = new Served(server -> server.service(scene.service()));
    private final List<AutoCloseable> others = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        served.close();
        for (AutoCloseable each : others) {
            each.close();
        }
    }

    private GrpcClient.Builder to(int... ports) {
        Address[] servers = new Address[ports.length];
        for (int i = 0; i < ports.length; i++) {
            servers[i] = new Address.Tcp("127.0.0.1", ports[i]);
        }
        return GrpcClient.on(served.net.loop()).to(servers).plaintext();
    }

    private Served another(Scene with) {
        Served another = new Served(server -> server.service(with.service()));
        others.add(another);
        return another;
    }

    private Door door() throws IOException {
        Door door = new Door(served.port());
        others.add(door);
        return door;
    }

    private static Promise<SimpleResponse> ask(GrpcClient client, CallSettings settings) {
        return client.ask(
                TestServiceGrpc.getUnaryCallMethod(),
                SimpleRequest.newBuilder().setResponseSize(1).build(),
                settings);
    }

    private static void call(GrpcClient client) {
        assertEquals(
                1,
                ask(client, CallSettings.DEFAULT).await().getPayload().getBody().size());
    }

    private static Status.Code codeOf(GrpcClient client) {
        try {
            call(client);
            return Status.Code.OK;
        } catch (GrpcFailure e) {
            return e.code();
        }
    }

    /** A stream that has had an answer, so that the server surely has it. */
    private static GrpcCall<StreamingOutputCallRequest, StreamingOutputCallResponse> stream(GrpcClient client) {
        var call = client.call(TestServiceGrpc.getFullDuplexCallMethod());
        call.write(StreamingOutputCallRequest.newBuilder()
                .addResponseParameters(ResponseParameters.newBuilder().setSize(1))
                .build());
        assertTrue(call.read() != null);
        return call;
    }

    private static List<Integer> calls(GrpcClient client) {
        return client.connections().stream().map(Connection::calls).toList();
    }

    @Test
    @Parity("GRPC-P3.4")
    void calls_beyond_what_a_connection_may_have_open_others_until_there_are_as_many_as_allowed() throws Exception {
        Http2 d = Http2.DEFAULT;
        Served narrow = new Served(
                server -> server.service(scene.service()),
                NetLoop::network,
                Served.ANY_PORT,
                new Http2(
                        2,
                        d.windowBytes(),
                        d.connectionWindowBytes(),
                        d.resets(),
                        d.controlFrames(),
                        d.continuations(),
                        d.window(),
                        d.life()));
        others.add(narrow);
        Door door = new Door(narrow.port());
        others.add(door);
        GrpcClient client = served.keep(to(door.port()).connections(1, 3, 2).build());
        List<GrpcCall<?, ?>> open = new ArrayList<>();
        List<List<Integer>> seen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            open.add(stream(client)); // One that the server refused or left waiting would not come to its answer.
            seen.add(calls(client));
        }
        assertEquals(
                List.of(List.of(1), List.of(2), List.of(2, 1), List.of(2, 2), List.of(2, 2, 1), List.of(2, 2, 2)),
                seen);
        assertEquals(List.of("in", "in", "in"), List.copyOf(door.events));

        Promise<SimpleResponse> waits = ask(client, CallSettings.DEFAULT);
        for (GrpcCall<?, ?> each : open) {
            each.end();
            assertNull(each.read());
        }
        assertEquals(1, waits.await().getPayload().getBody().size());
        assertEquals(List.of(0, 0, 0), calls(client));
        assertEquals(
                7, client.connections().stream().mapToLong(Connection::started).sum());
        // After the rush the first one has them all again.
        long before = client.connections().getFirst().started();
        call(client);
        call(client);
        assertEquals(before + 2, client.connections().getFirst().started());
    }

    @Test
    @Parity("GRPC-P3.7")
    @LongRun
    void a_client_without_calls_lets_its_connection_go_and_makes_another_when_it_is_needed() throws Exception {
        Door door = door();
        GrpcClient client =
                served.keep(to(door.port()).idleTimeout(Duration.ofSeconds(1)).build());
        call(client);
        assertEquals("in", door.events.poll(SECONDS, TimeUnit.SECONDS));
        assertEquals("out", door.events.poll(SECONDS, TimeUnit.SECONDS));
        // Its connection may be gone a moment before it says so.
        for (int i = 0; i < 2_000 && client.state() != ConnectivityState.IDLE; i++) {
            Thread.sleep(10);
        }
        assertEquals(ConnectivityState.IDLE, client.state());
        call(client);
        assertEquals("in", door.events.poll(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    @Parity("GRPC-G5.3")
    void a_client_connects_again_when_its_server_is_back() throws Exception {
        Door door = door();
        GrpcClient client = served.keep(to(door.port()).build());
        call(client);
        assertEquals("in", door.events.poll(SECONDS, TimeUnit.SECONDS));
        door.shut();
        assertEquals("out", door.events.poll(SECONDS, TimeUnit.SECONDS));
        assertEquals(Status.Code.UNAVAILABLE, codeOf(client));
        Promise<SimpleResponse> waiting = ask(client, CallSettings.DEFAULT.waiting(true));
        assertEquals("away", door.events.poll(SECONDS, TimeUnit.SECONDS));
        door.open();
        assertEquals(1, waiting.await().getPayload().getBody().size());
        call(client);
    }

    /** grpc-java waits between attempts; what it asks its timer for is told here instead of waited for. */
    @Test
    @Parity("GRPC-G5.4")
    void pauses_between_attempts_to_connect_grow() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                Duration pause = Duration.ofNanos(unit.toNanos(delay));
                if (pause.compareTo(Duration.ofMinutes(10)) > 0) {
                    return super.schedule(task, delay, unit); // For the client's idleness.
                }
                pauses.add(pause);
                return super.schedule(task, 0, unit);
            }
        };
        others.add(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(SECONDS, TimeUnit.SECONDS));
        GrpcClient client = served.keep(GrpcClient.on(served.net.loop())
                .over(() -> NettyChannelBuilder.forAddress("127.0.0.1", nobody)
                        .usePlaintext()
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(group))
                .build());
        Promise<Void> never = client.ready();
        List<Duration> first = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Duration next = pauses.poll(SECONDS, TimeUnit.SECONDS);
            assertTrue(next != null, "there were no more attempts after " + first);
            first.add(next);
        }
        never.cancel();
        // They are random by a fifth, and each is 1.6 times the one before.
        for (int i = 0; i + 2 < first.size(); i++) {
            assertTrue(first.get(i).compareTo(first.get(i + 2)) < 0, first.toString());
        }
    }

    @Test
    @Parity("GRPC-P4.2")
    void a_server_that_fails_too_often_is_left_alone() throws Exception {
        Scene broken = new Scene();
        broken.failures.set(Integer.MAX_VALUE);
        Served failing = another(broken);
        GrpcClient client = served.keep(to(served.port(), failing.port())
                .balancing(new Balancing.OutlierDetection(
                        new Balancing.RoundRobin(), Duration.ofMillis(50), Duration.ofMinutes(5), 50, 50, 2, 2))
                .build());
        boolean wasTried = false;
        int wellInARow = 0;
        for (int i = 0; i < 100_000 && (wellInARow < 100 || !wasTried); i++) {
            boolean well = codeOf(client) == Status.Code.OK;
            wasTried |= !well;
            wellInARow = well ? wellInARow + 1 : 0;
        }
        assertTrue(wasTried);
        assertEquals(100, wellInARow);
    }

    @Test
    void a_server_that_is_left_alone_gets_calls_again_when_its_time_is_over() throws Exception {
        Scene broken = new Scene();
        broken.failures.set(Integer.MAX_VALUE);
        Served failing = another(broken);
        GrpcClient client = served.keep(to(served.port(), failing.port())
                .balancing(new Balancing.OutlierDetection(
                        new Balancing.RoundRobin(), Duration.ofMillis(50), Duration.ofMillis(50), 50, 50, 2, 2))
                .build());
        int wellInARow = 0;
        for (int i = 0; i < 100_000 && wellInARow < 10; i++) {
            wellInARow = codeOf(client) == Status.Code.OK ? wellInARow + 1 : 0;
        }
        assertEquals(10, wellInARow);
        broken.failures.set(0);
        int before = broken.begun.size();
        for (int i = 0; i < 1_000_000 && broken.begun.size() == before; i++) {
            call(client);
        }
        assertTrue(broken.begun.size() > before);
    }

    @Test
    @Parity("GRPC-G6.3")
    void a_name_leads_to_all_addresses_that_it_has() {
        for (String name : List.of("localhost", "one.capstan.test", "second-of-two.capstan.test")) {
            GrpcClient client = served.keep(GrpcClient.on(served.net.loop())
                    .dns(name, served.port())
                    .plaintext()
                    .build());
            call(client);
            assertEquals(name + ":" + served.port(), client.channel().authority());
        }
    }

    @Test
    @Parity("GRPC-G6.3")
    void a_name_that_nobody_has_is_unavailable() {
        GrpcClient client = served.keep(GrpcClient.on(served.net.loop())
                .dns("nobody.capstan.test", served.port())
                .plaintext()
                .build());
        GrpcFailure failure = assertThrows(GrpcFailure.class, () -> call(client));
        assertEquals(Status.Code.UNAVAILABLE, failure.code());
        assertTrue(failure.reason().contains("nobody.capstan.test"), failure.reason());
    }
}
