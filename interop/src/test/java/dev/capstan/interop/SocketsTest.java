package dev.capstan.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.interop.schema.Callback;
import dev.capstan.interop.schema.Probe;
import dev.capstan.interop.schema.Token;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.testkit.Parity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vats over sockets of the operating system: how they find each other, and how they end. */
final class SocketsTest {
    private static final int CALLS = 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    @Parity("T05")
    @DisplayName("TwoPartyNetwork, ConvenienceClasses")
    void a_vat_listens_on_an_ephemeral_port_and_another_calls_its_bootstrap_object() {
        ClientObjects.Recorder recorder = new ClientObjects.Recorder();
        try (NetLoop serving = NetLoop.open("interop-server", Transport.AUTO);
                Vat server = Vat.on(serving.loop()).serving(recorder).build();
                NetLoop calling = NetLoop.open("interop-client", Transport.AUTO);
                Vat client = Vat.on(calling.loop()).build()) {
            Address address = server.listen(serving.network(), new Address.Tcp("127.0.0.1", 0))
                    .await()
                    .address();
            assertTrue(address instanceof Address.Tcp(String host, int port) && port > 0, address::toString);
            try (var connection = client.connect(calling.network(), address).await();
                    Callback.Client bootstrap = connection.bootstrap(Callback.TYPE)) {
                assertEquals(0, callCount(serving, recorder));
                assertEquals(124, JavaClient.call(bootstrap, 123).await());
                assertEquals(1, callCount(serving, recorder));
            }
        }
    }

    private static int callCount(NetLoop serving, ClientObjects.Recorder recorder) {
        return serving.loop().fetch(() -> Promise.of(recorder.calls.size())).await();
    }

    @Test
    void nobody_at_the_address_is_a_lost_connection() {
        try (NetLoop net = NetLoop.open("interop-client", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).build()) {
            Address nobody = new Address.Unix(folder.resolve("nobody").toString());
            Failure failure = assertThrows(
                    Failure.class, () -> vat.connect(net.network(), nobody).await());
            assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
            assertTrue(failure.reason().contains(nobody.toString()), failure::reason);
        }
    }

    @Test
    void an_address_that_is_taken_is_a_failure_that_says_so() {
        try (NetLoop net = NetLoop.open("interop-server", Transport.AUTO);
                Vat vat = Vat.on(net.loop()).build()) {
            Address taken = vat.listen(net.network(), new Address.Tcp("127.0.0.1", 0))
                    .await()
                    .address();
            Failure failure = assertThrows(
                    Failure.class, () -> vat.listen(net.network(), taken).await());
            assertTrue(failure.reason().contains(taken.toString()), failure::reason);
        }
    }

    @Test
    void what_a_handler_throws_unexpectedly_is_logged_where_it_happened() {
        List<LogRecord> records = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                records.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.capstan.cap.LocalCall");
        logger.addHandler(handler);
        try (NetLoop net = NetLoop.open("interop-server", Transport.AUTO);
                Callback.Client broken = Callback.TYPE.serve(net.loop(), new Callback.Server() {
                    @Override
                    public Promise<Void> call(
                            CallContext<Callback.CallParams.Reader, Callback.CallResults.Builder> call) {
                        throw new IllegalStateException("a bug of the handler");
                    }
                })) {
            var call = JavaClient.call(broken, 1);
            assertThrows(Failure.class, call::await);
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(1, records.size());
        assertTrue(records.getFirst().getThrown() instanceof IllegalStateException);
    }

    // ---- closing with calls in flight

    private JavaServer serve(Way way) {
        return new JavaServer(way.transport, way.style, folder.resolve("peer.sock"));
    }

    private static Address address(Way way, JavaServer server) {
        return way.unix ? server.unix() : server.tcp();
    }

    /** Calls that have begun at the server, which stops half of them when their caller loses interest. */
    private static List<Promise<Boolean>> callsInFlight(JavaClient client) {
        List<Promise<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(client.hold(i % 2 == 0).map(Probe.HoldResults.Reader::hasNode));
        }
        assertEquals(CALLS, client.holdCounts().pending());
        return calls;
    }

    private static void assertAllDisconnected(List<Promise<Boolean>> calls) {
        for (Promise<Boolean> call : calls) {
            Failure failure = assertThrows(Failure.class, call::await);
            assertEquals(Failure.Kind.DISCONNECTED, failure.kind(), failure::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closing_the_calling_vat_fails_its_calls_and_leaves_nothing_behind(Way way) {
        Leftovers nothing = Leftovers.now();
        try (JavaServer server = serve(way)) {
            Leftovers served = Leftovers.now();
            try (JavaClient client = new JavaClient(way.transport, address(way, server))) {
                List<Promise<Boolean>> calls = callsInFlight(client);
                client.vat.close();
                assertAllDisconnected(calls);
                client.assertNothingLeft();
                server.assertTablesEmpty();
                server.letGoOfUncancellable(CALLS / 2);
                server.assertNothingLeft();
            }
            Eventually.becomes("as before: " + served, () -> served.equals(Leftovers.now()));
        }
        assertEquals(nothing, Leftovers.now());
    }

    @ParameterizedTest
    @EnumSource
    void closing_the_serving_vat_fails_its_callers_calls_and_leaves_nothing_behind(Way way) {
        Leftovers nothing = Leftovers.now();
        JavaServer server = serve(way);
        try (JavaClient client = new JavaClient(way.transport, address(way, server))) {
            ClientObjects.OwnToken own = new ClientObjects.OwnToken(1);
            try (Token.Client token = Token.TYPE.serve(client.net.loop(), own)) {
                client.keep(token);
            }
            List<Promise<Boolean>> calls = callsInFlight(client);
            server.close();
            assertAllDisconnected(calls);
            Eventually.becomes("the server's reference to our object is gone", () -> !own.isLive());
            client.assertNothingLeft();
        }
        assertEquals(nothing, Leftovers.now());
    }

    @ParameterizedTest
    @EnumSource
    void stopping_the_loop_under_a_vat_leaves_nothing_behind_either(Way way) {
        Leftovers nothing = Leftovers.now();
        try (JavaServer server = serve(way);
                JavaClient client = new JavaClient(way.transport, address(way, server))) {
            List<Promise<Boolean>> calls = callsInFlight(client);
            server.net.close();
            assertAllDisconnected(calls);
            client.assertNothingLeft();
        }
        assertEquals(nothing, Leftovers.now());
    }

    @Test
    void a_vat_may_be_closed_twice_and_then_refuses_to_connect() {
        try (JavaServer server = serve(Way.EPOLL_TCP);
                JavaClient client = new JavaClient(Transport.AUTO, server.tcp())) {
            client.vat.close();
            client.vat.close();
            Failure failure = assertThrows(
                    Failure.class,
                    () -> client.vat.connect(client.net.network(), server.tcp()).await());
            assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        }
    }
}
