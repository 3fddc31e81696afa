package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Promise;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.grpc.GrpcFailure;
import dev.capstan.grpc.Messages;
import dev.capstan.grpc.server.Handling;
import dev.capstan.grpc.server.ServerContext;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.guide.GreeterRpc;
import dev.capstan.testprotos.guide.Greeting;
import dev.capstan.testprotos.guide.Name;
import io.grpc.ConnectivityState;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client and our handlers within one process, without a connection. */
class InProcessTest {
    private static final String NAME = "in-process-test";

    private final NetLoop net = NetLoop.open("in-process", Transport.AUTO);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final BlockingQueue<Optional<Duration>> deadlines = new LinkedBlockingQueue<>();
    private Server server;
    private GrpcClient client;

    private static Name name(String text) {
        return Name.newBuilder().setText(text).build();
    }

    private static Greeting greeting(String text) {
        return Greeting.newBuilder().setText(text).build();
    }

    private final class Greeter implements GreeterRpc.Blocking {
        @Override
        public Greeting greet(Name request) {
            ServerContext call = ServerContext.current();
            deadlines.add(call.timeLeft());
            if (request.getText().isEmpty()) {
                throw Status.INVALID_ARGUMENT.withDescription("no name").asRuntimeException();
            }
            call.headers(CallMetadata.EMPTY.with(
                    "x-from", call.in().first("x-tenant").orElse("nobody")));
            call.trailers(CallMetadata.EMPTY.with("x-bytes-bin", new byte[] {1, 2}));
            return greeting("Hello, " + request.getText());
        }

        @Override
        public Messages<Greeting> talk(Messages<Name> requests) {
            return Messages.writing(out -> {
                for (Name each : requests) {
                    out.write(greeting("Hello, " + each.getText()));
                }
            });
        }

        @Override
        public Greeting greetTogether(Messages<Name> requests) {
            try {
                new CompletableFuture<Void>().get();
                return greeting("never");
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new CanceledException("interrupted");
            } catch (java.util.concurrent.ExecutionException e) {
                throw new AssertionError(e);
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        server = InProcessServerBuilder.forName(NAME)
                .addService(GreeterRpc.bind(new Greeter(), Handling.on(net.loop())))
                .build()
                .start();
        client = GrpcClient.on(net.loop())
                .over(() -> InProcessChannelBuilder.forName(NAME))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        client.drain(Duration.ZERO).await();
        server.shutdownNow();
        assertTrue(server.awaitTermination(20, TimeUnit.SECONDS));
        net.close();
    }

    @Test
    @Parity("GRPC-X4.2")
    void metadata_and_a_deadline_reach_a_handler_in_the_same_process_and_metadata_come_back() throws Exception {
        CallSettings settings =
                CallSettings.DEFAULT.within(Duration.ofMinutes(5)).with(CallMetadata.EMPTY.with("x-tenant", "blue"));
        BlockingQueue<GrpcCall<?, ?>> calls = new LinkedBlockingQueue<>();
        Promise<Greeting> answer =
                GreeterRpc.client(client, settings.onBegin(calls::add)).greet(name("Ann"));
        assertEquals("Hello, Ann", answer.await().getText());
        GrpcCall<?, ?> call = calls.take();
        assertEquals("blue", call.headers().first("x-from").orElseThrow());
        assertEquals(
                List.of((byte) 1, (byte) 2),
                List.of(
                        call.trailers().firstBytes("x-bytes-bin").orElseThrow()[0],
                        call.trailers().firstBytes("x-bytes-bin").orElseThrow()[1]));
        Duration left = deadlines.take().orElseThrow();
        assertTrue(left.isPositive() && left.compareTo(Duration.ofMinutes(5)) <= 0, left.toString());
        assertEquals(ConnectivityState.READY, client.state());
    }

    @Test
    @Parity("GRPC-X4.2")
    void a_deadline_ends_a_call_within_the_process_and_interrupts_its_handler() throws Exception {
        GreeterRpc.Blocking hurried = GreeterRpc.blocking(client, CallSettings.DEFAULT.within(Duration.ofMillis(50)));
        GrpcFailure failure =
                assertThrows(GrpcFailure.class, () -> hurried.greetTogether(Messages.of(List.of(name("Ann")))));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, failure.code());
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
    }

    @Test
    void a_failure_within_the_process_has_code_and_reason() {
        GrpcFailure failure = assertThrows(
                GrpcFailure.class, () -> GreeterRpc.blocking(client).greet(name("")));
        assertEquals(Status.Code.INVALID_ARGUMENT, failure.code());
        assertEquals("no name", failure.reason());
    }

    @Test
    void streams_go_both_ways_within_the_process() {
        try (Messages<Greeting> talk =
                GreeterRpc.blocking(client).talk(Messages.of(List.of(name("Ann"), name("Bob"))))) {
            assertEquals(greeting("Hello, Ann"), talk.read());
            assertEquals(greeting("Hello, Bob"), talk.read());
            assertEquals(null, talk.read());
        }
    }

    @Test
    void a_server_that_is_not_there_is_unavailable() {
        GrpcClient nobody = GrpcClient.on(net.loop())
                .over(() -> InProcessChannelBuilder.forName("nobody-has-this-name"))
                .build();
        try {
            GrpcFailure failure = assertThrows(
                    GrpcFailure.class, () -> GreeterRpc.blocking(nobody).greet(name("Ann")));
            assertEquals(Status.Code.UNAVAILABLE, failure.code());
        } finally {
            nobody.drain(Duration.ZERO).await();
        }
    }
}
