package dev.capstan.examples.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpRoutes;
import dev.capstan.testkit.Parity;
import java.io.ByteArrayOutputStream;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChatTest {
    private final NetLoop net = NetLoop.open("chat", Transport.AUTO);
    private final ChatServer server = ChatServer.listen(net, 0, HttpRoutes.none());
    private final URI address = URI.create("ws://127.0.0.1:" + server.port() + "/chat");

    @AfterEach
    void close() {
        server.close();
        net.close();
    }

    /** What somebody sees, as lines. */
    private record Seen(BlockingQueue<String> lines) implements Lobby.Screen {
        Seen() {
            this(new LinkedBlockingQueue<>());
        }

        @Override
        public void message(Lobby.Message message) {
            lines.add(message.from() + ": " + message.text());
        }

        /** In the order of the alphabet: who joins over another connection at the same time may be there before. */
        @Override
        public void present(List<String> names) {
            lines.add(names.stream().sorted().toList().toString());
        }

        String next() throws InterruptedException {
            return lines.take();
        }

        void until(String line) throws InterruptedException {
            while (!next().equals(line)) {
                // What happened before is of no interest.
            }
        }
    }

    private WebPeer connect() {
        return new WebClient(net.loop(), new HttpClient(net.loop(), net.network(), new Random(1), Limits.Http.DEFAULT))
                .connect(address);
    }

    private Lobby lobby(WebPeer peer) {
        return Binder.of(MethodHandles.lookup()).stub(Lobby.class, net.loop(), peer.main());
    }

    @Test
    @Parity({"PY-036", "PY-039"})
    void what_is_said_in_a_room_is_heard_by_all_who_are_there() throws Exception {
        Seen ann = new Seen();
        Seen bob = new Seen();
        try (WebPeer first = connect();
                WebPeer second = connect();
                Lobby.Member isAnn = lobby(first).enter("Ann");
                Lobby.Member isBob = lobby(second).enter(" Bob ");
                Lobby.Room ofAnn = isAnn.join("lobby", ann)) {
            assertEquals("[Ann]", ann.next());
            ofAnn.say("anybody here?");
            assertEquals("Ann: anybody here?", ann.next());
            try (Lobby.Room ofBob = isBob.join("lobby", bob)) {
                assertEquals("Ann: anybody here?", bob.next());
                assertEquals("[Ann, Bob]", bob.next());
                assertEquals("[Ann, Bob]", ann.next());
                ofBob.say("me");
                assertEquals("Bob: me", bob.next());
                assertEquals("Bob: me", ann.next());
            }
            assertEquals("[Ann]", ann.next());
        }
    }

    @Test
    @Parity({"PY-037", "PY-040"})
    void all_who_are_in_a_room_hear_what_one_of_them_says() throws Exception {
        List<Seen> all = List.of(new Seen(), new Seen(), new Seen());
        try (WebPeer first = connect();
                WebPeer second = connect();
                WebPeer third = connect();
                Lobby.Member ann = lobby(first).enter("Ann");
                Lobby.Member bob = lobby(second).enter("Bob");
                Lobby.Member tom = lobby(third).enter("Tom");
                Lobby.Room ofAnn = ann.join("lobby", all.get(0));
                Lobby.Room ofBob = bob.join("lobby", all.get(1));
                Lobby.Room ofTom = tom.join("lobby", all.get(2))) {
            for (Seen each : all) {
                each.until("[Ann, Bob, Tom]");
            }
            ofAnn.say("Hello everyone!");
            for (Seen each : all) {
                assertEquals("Ann: Hello everyone!", each.next());
            }
            ofTom.say("Hello, Ann!");
            ofBob.say("Hello, both!");
            for (Seen each : all) {
                assertEquals(
                        List.of("Bob: Hello, both!", "Tom: Hello, Ann!"),
                        Stream.of(each.next(), each.next()).sorted().toList());
            }
        }
    }

    @Test
    void rooms_are_told_to_who_watches() throws Exception {
        BlockingQueue<List<Lobby.RoomInfo>> seen = new LinkedBlockingQueue<>();
        try (WebPeer peer = connect();
                Lobby.Member ann = lobby(peer).enter("Ann")) {
            ann.watchRooms(seen::add);
            assertEquals(3, seen.take().size());
            try (Lobby.Room own = ann.join("attic", new Seen())) {
                own.say("hello");
                assertEquals(new Lobby.RoomInfo("attic", 1), seen.take().getLast());
            }
            assertEquals(new Lobby.RoomInfo("attic", 0), seen.take().getLast());
        }
    }

    @Test
    @Parity("PY-038")
    void a_name_is_taken_until_its_session_ends() throws Exception {
        Seen ann = new Seen();
        try (WebPeer first = connect();
                Lobby.Member isAnn = lobby(first).enter("Ann");
                Lobby.Room room = isAnn.join("lobby", ann)) {
            assertEquals("[Ann]", ann.next());
            try (WebPeer second = connect();
                    Lobby.Member other = lobby(second).enter("Ann");
                    Lobby.Room never = other.join("lobby", new Seen())) {
                assertEquals(
                        "somebody is called Ann already",
                        assertThrows(Failure.class, () -> never.say("x")).reason());
            }
            room.say("x");
        }
        while (server.sessions() > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        try (WebPeer again = connect();
                Lobby.Member isAnn = lobby(again).enter("Ann");
                Lobby.Room room = isAnn.join("kitchen", ann)) {
            room.say("again");
            assertEquals("Ann: x", ann.next());
            assertEquals("[Ann]", ann.next());
            assertEquals("Ann: again", ann.next());
        }
    }

    @Test
    void names_and_texts_have_limits() {
        try (WebPeer peer = connect();
                Lobby.Member nobody = lobby(peer).enter(" ");
                Lobby.Room nowhere = nobody.join("lobby", new Seen())) {
            assertEquals(
                    "a name has 1 to 24 characters",
                    assertThrows(Failure.class, () -> nowhere.say("x")).reason());
        }
        try (WebPeer peer = connect();
                Lobby.Member ann = lobby(peer).enter("Ann");
                Lobby.Room room = ann.join("lobby", new Seen())) {
            assertThrows(Failure.class, () -> room.say("x".repeat(2001)));
            room.say("x".repeat(2000));
        }
    }

    @Test
    void a_terminal_chats() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Seen ann = new Seen();
        PipedWriter typed = new PipedWriter();
        PipedReader in = new PipedReader(typed);
        try (WebPeer peer = connect();
                Lobby.Member isAnn = lobby(peer).enter("Ann");
                Lobby.Room room = isAnn.join("lobby", ann)) {
            assertEquals("[Ann]", ann.next());
            Thread terminal = Thread.ofVirtual().start(() -> {
                try {
                    Terminal.chat(
                            net, address, "Tom", "lobby", in, new PrintStream(printed, true, StandardCharsets.UTF_8));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertEquals("[Ann, Tom]", ann.next());
            typed.write("hello\n");
            typed.flush();
            assertEquals("Tom: hello", ann.next());
            room.say("hello, Tom");
            assertEquals("Ann: hello, Tom", ann.next());
            typed.close();
            terminal.join();
            assertEquals("[Ann]", ann.next());
        }
        assertEquals(
                List.of("* here: Ann, Tom", "Tom: hello", "Ann: hello, Tom"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
