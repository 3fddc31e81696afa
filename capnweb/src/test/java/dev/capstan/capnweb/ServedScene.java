package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.net.Limits.Http;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Clients of ours and a server, one for all tests of a class. The server has no session left after each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServedScene {
    private static final WebPeer.Tables NOTHING_IN_USE = new WebPeer.Tables(0, 1, 0);
    private static final WebPeer.Tables NOTHING = new WebPeer.Tables(0, 0, 0);
    /** What a server says of a session in which nothing is in use. */
    private static final String SESSION = "{\"imports\":1,\"exports\":1}";

    /** What takes longer to go than so many pauses does not go. */
    private static final int MOST_PAUSES = 4_000;

    private @Nullable NetLoop loop;
    private @Nullable Served served;

    /** Another server of the kind that this class is about. */
    abstract Served serve() throws Exception;

    @BeforeAll
    void open() throws Exception {
        loop = NetLoop.open("web", Transport.AUTO);
        served = serve();
    }

    @AfterAll
    void close() throws IOException {
        if (served != null) {
            served.close();
        }
        net().close();
    }

    @AfterEach
    void the_server_has_no_session_left() throws IOException {
        awaitSessions(0);
    }

    NetLoop net() {
        return Objects.requireNonNull(loop);
    }

    Served served() {
        return Objects.requireNonNull(served);
    }

    static URI address(int port) {
        return URI.create("ws://127.0.0.1:" + port + "/");
    }

    HttpClient http() {
        return new HttpClient(net().loop(), net().network(), new Random(1), Http.DEFAULT);
    }

    WebClient web(Options options) {
        return new WebClient(net().loop(), http(), options);
    }

    /** Waits until the server has so many sessions, with nothing in use in any of them. */
    void awaitSessions(int count) throws IOException {
        String wanted = "[" + String.join(",", Collections.nCopies(count, SESSION)) + "]";
        for (int i = 0; i < MOST_PAUSES && !served().tables().equals(wanted); i++) {
            pause();
        }
        assertEquals(wanted, served().tables());
    }

    private void pause() {
        net().loop().timer().after(Duration.ofMillis(5)).await();
    }

    WebPeer.Tables tables(WebPeer peer) {
        return net().loop().fetch(() -> Promise.of(peer.tables())).await();
    }

    Client connect() {
        return new Client(web(Options.DEFAULT).connect(address(served().port())));
    }

    List<Client> connect(int count) {
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(connect());
        }
        return all;
    }

    /** Closes what is connected together, when nothing is in use in any of it. */
    void closeAll(List<Client> clients) throws IOException {
        clients.forEach(Client::settle);
        awaitSessions(clients.size());
        clients.forEach(Client::end);
        awaitSessions(0);
    }

    /** A session with the server. Closing it makes sure first that nothing was left in use on either side. */
    final class Client implements AutoCloseable {
        final WebPeer peer;
        final Stub api;

        Client(WebPeer peer) {
            this.peer = peer;
            this.api = Stub.of(net().loop(), peer.main());
        }

        /** What a call will give, which is asked for now. */
        Promise<Object> ask(String method, @Nullable Object... arguments) {
            return asked(api.call(method, arguments));
        }

        Object call(String method, @Nullable Object... arguments) {
            return ask(method, arguments).await();
        }

        /** What so many calls, made at once, give. */
        List<Object> all(long count, LongFunction<Promise<Object>> call) {
            return Promise.all(LongStream.range(0, count).mapToObj(call).toList())
                    .await();
        }

        void settle() {
            for (int i = 0; i < MOST_PAUSES && !tables(peer).equals(NOTHING_IN_USE); i++) {
                pause();
            }
            assertEquals(NOTHING_IN_USE, tables(peer));
        }

        void end() {
            api.close();
            peer.close();
            net().loop().fetch(peer::onDisconnect).await();
            assertEquals(NOTHING, tables(peer));
        }

        @Override
        public void close() throws IOException {
            closeAll(List.of(this));
        }
    }

    /** Takes ownership. */
    static Promise<Object> asked(Stub call) {
        try (call) {
            return call.value();
        }
    }

    static List<Object> range(long count, LongFunction<Object> each) {
        return LongStream.range(0, count).mapToObj(each).toList();
    }

    static Failure failure(Promise<?> call) {
        return assertThrows(Failure.class, call::await);
    }

    /** The class and text of the error that a call fails with. */
    static String error(Promise<?> call) {
        JsError error = JsError.of(failure(call));
        return error.name() + ": " + error.message();
    }
}
