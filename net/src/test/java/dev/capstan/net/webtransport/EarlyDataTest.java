package dev.capstan.net.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.net.Limits;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.testkit.DatagramRelay;
import dev.capstan.testkit.LongRun;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that begin with the first datagrams: seen at a relay that holds back what the server says. */
@LongRun
class EarlyDataTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Limits.WebTransport hasty = new Limits.WebTransport(
            100,
            4096,
            16 << 10,
            1 << 20,
            16,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));

    /** What the servers have heard, and whether the session was confirmed by then. */
    private final List<String> heard = new ArrayList<>();

    private Sessions sessions;
    private DatagramRelay relay;
    private SessionTickets tickets;

    @BeforeEach
    @SuppressWarnings("NullAway") // what the tests use
    void open() {
        sessions = server(EarlyData.with(RANDOM));
        relay = new DatagramRelay(sessions.server.address());
        tickets = SessionTickets.of(sessions.trust());
    }

    private Sessions server(EarlyData early) {
        return new Sessions(
                Transport.AUTO,
                hasty,
                routes -> routes.on("/echo", this::echo),
                ServerIdentity.selfIssued(Sessions.CLOCK, RANDOM, "localhost"),
                early);
    }

    private void echo(WebTransportSession session) {
        MessageStream stream = session.messages();
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                heard.add(new String(array, offset, length, StandardCharsets.UTF_8)
                        + (session.isConfirmed() ? "" : " early"));
                stream.send(ByteBuffer.wrap(array.clone(), offset, length));
            }

            @Override
            public void ended() {
                stream.end();
            }

            @Override
            public void failed(Throwable cause) {}
        });
    }

    @AfterEach
    void close() {
        relay.close();
        sessions.close();
    }

    private void until(BooleanSupplier condition) {
        sessions.until(() -> {
            relay.pump();
            return condition.getAsBoolean();
        });
    }

    private WebTransportSession connect() {
        return connect("/echo");
    }

    private WebTransportSession connect(String path) {
        List<WebTransportSession> opened = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        WebTransportClient.connectEarly(
                        sessions.net,
                        URI.create("https://127.0.0.1:" + relay.port() + path),
                        tickets,
                        Headers.of(),
                        hasty)
                .listen(sessions.loop(), (session, failure) -> {
                    if (session != null) {
                        opened.add(session);
                    } else {
                        failures.add(failure == null ? new AssertionError() : failure);
                    }
                });
        until(() -> !opened.isEmpty() || !failures.isEmpty());
        assertEquals(List.of(), failures);
        return opened.getFirst();
    }

    /** What comes back on a session. */
    private static Lines say(WebTransportSession session, String line) {
        MessageStream stream = session.messages();
        Lines lines = Lines.of(stream);
        Lines.send(stream, line);
        return lines;
    }

    /** A session that leaves a ticket. */
    private void meet() {
        WebTransportSession session = connect();
        assertTrue(session.isConfirmed());
        Lines lines = say(session, "hello");
        until(() -> lines.count() == 1);
        session.close();
        until(() -> sessions.server.connections() == 0);
        heard.clear();
    }

    @Test
    void what_is_said_first_is_heard_before_the_server_was_heard() {
        meet();
        relay.holdBack(true);
        int before = relay.toClients();
        WebTransportSession session = connect();
        assertFalse(session.isConfirmed());
        Promise<Void> confirmed = session.confirmed().eager();
        Lines lines = say(session, "at once");
        until(() -> !heard.isEmpty());
        assertEquals(List.of("at once early"), heard);
        assertEquals(before, relay.toClients());
        assertFalse(session.isConfirmed());
        relay.holdBack(false);
        until(session::isConfirmed);
        sessions.loop().await(confirmed);
        until(() -> lines.count() == 1);
        assertTrue(relay.toClients() > before);
        assertEquals(List.of("at once early"), heard);
        session.close();
        until(() -> sessions.server.connections() == 0);
    }

    @Test
    void what_was_recorded_is_heard_once_by_the_same_server_and_by_no_other() {
        meet();
        relay.holdBack(true);
        int first = relay.fromClients().size();
        WebTransportSession session = connect();
        say(session, "at once");
        until(() -> !heard.isEmpty());
        List<byte[]> recorded = relay.fromClients();
        recorded = recorded.subList(first, recorded.size());
        relay.holdBack(false);
        until(session::isConfirmed);
        session.close();
        until(() -> sessions.server.connections() == 0);

        int answered = relay.fromServer();
        relay.replay(recorded, sessions.server.address());
        // It is answered as a connection that takes nothing early; the handshake cannot be finished by who has no keys.
        until(() -> relay.fromServer() > answered && sessions.server.connections() == 1);
        until(() -> sessions.server.connections() == 0);
        assertEquals(List.of("at once early"), heard);

        try (Sessions other = server(EarlyData.with(RANDOM))) {
            relay.replay(recorded, other.server.address());
            until(() -> {
                other.polls();
                return other.server.connections() == 1;
            });
            until(() -> {
                other.polls();
                return other.server.connections() == 0;
            });
        }
        assertEquals(List.of("at once early"), heard);
    }

    @Test
    void recorded_words_that_were_never_delivered_are_heard_once_and_their_session_ends_unconfirmed() {
        meet();
        List<byte[]> recorded = record();
        relay.replay(recorded, sessions.server.address());
        until(() -> !heard.isEmpty());
        assertEquals(List.of("at once early"), heard);
        // The time to open a session runs until the handshake is over.
        until(() -> sessions.server.connections() == 0);
        relay.replay(recorded, sessions.server.address());
        until(() -> sessions.server.connections() == 1);
        until(() -> sessions.server.connections() == 0);
        assertEquals(List.of("at once early"), heard);
    }

    @Test
    void recorded_words_that_were_lost_on_their_first_way_are_not_heard_after_their_client_has_said_them_again() {
        meet();
        relay.loseFromClients(EarlyDataTest::isEarly);
        int first = relay.fromClients().size();
        WebTransportSession session = connect();
        assertFalse(session.isConfirmed());
        Lines lines = say(session, "at once");
        until(() -> lines.count() == 1);
        assertEquals(List.of("at once"), heard);
        List<byte[]> recorded = relay.fromClients();
        recorded = recorded.subList(first, recorded.size());
        assertTrue(recorded.stream().anyMatch(EarlyDataTest::isEarly));
        session.close();
        isHeardNoMore(recorded);
    }

    /** A datagram that begins with a packet of early data (RFC 9000 section 17.2.3). */
    private static boolean isEarly(byte[] datagram) {
        return (datagram[0] & 0xf0) == 0xd0;
    }

    /** What was heard stays all that is heard, also when the server has the datagrams once more. */
    private void isHeardNoMore(List<byte[]> recorded) {
        List<String> before = List.copyOf(heard);
        until(() -> sessions.server.connections() == 0);
        relay.replay(recorded, sessions.server.address());
        until(() -> sessions.server.connections() == 1);
        until(() -> sessions.server.connections() == 0);
        assertEquals(before, heard);
    }

    /** What a client says first, taken out of the network before it comes to the server. */
    private List<byte[]> record() {
        InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
        relay.leadTo(nowhere);
        int first = relay.fromClients().size();
        WebTransportSession session = connect();
        say(session, "at once");
        until(() -> relay.fromClients().size() > first + 1);
        for (int i = 0; i < 10; i++) {
            sessions.polls();
            relay.pump();
        }
        session.close();
        relay.leadTo(sessions.server.address());
        return relay.fromClients().subList(first, relay.fromClients().size());
    }

    @Test
    void a_server_that_does_not_know_the_ticket_hears_everything_after_the_handshake() {
        meet();
        try (Sessions other = server(EarlyData.with(RANDOM))) {
            tickets = SessionTickets.of(ServerTrust.hashes(
                    Sessions.CLOCK,
                    Stream.concat(sessions.server.hashes().stream(), other.server.hashes().stream())
                            .toList()));
            meet();
            relay.leadTo(other.server.address());
            WebTransportSession session = connect();
            Lines lines = say(session, "not known");
            until(() -> {
                other.polls();
                return lines.count() == 1;
            });
            assertEquals(List.of("not known"), heard);
            assertTrue(session.isConfirmed());
            session.close();
        }
    }

    @Test
    void tickets_are_opened_by_the_key_before_the_newest_and_by_no_older_one() {
        meet();
        sessions.server.rotateTicketKeys();
        assertEquals("hello early", first());
        // That connection has brought a ticket of the newest key.
        sessions.server.rotateTicketKeys();
        sessions.server.rotateTicketKeys();
        assertEquals("hello", first());
    }

    /** How the first words of one more session were heard. */
    private String first() {
        WebTransportSession session = connect();
        Lines lines = say(session, "hello");
        until(() -> lines.count() == 1);
        session.close();
        until(() -> sessions.server.connections() == 0);
        String only = heard.getFirst();
        heard.clear();
        return only;
    }

    @Test
    void nothing_is_early_unless_both_sides_say_so() {
        meet();
        WebTransportSession plain = sessions.connect("/echo");
        assertTrue(plain.isConfirmed());
        plain.close();
        try (Sessions cautious = new Sessions(Transport.AUTO, hasty, routes -> routes.on("/echo", this::echo))) {
            sessions.close();
            sessions = cautious;
            relay.leadTo(cautious.server.address());
            tickets = SessionTickets.of(cautious.trust());
            meet();
            WebTransportSession session = connect();
            Lines lines = say(session, "hello");
            until(() -> lines.count() == 1);
            assertEquals(List.of("hello"), heard);
            session.close();
        }
    }

    @Test
    void a_session_that_is_not_taken_after_all_fails_before_it_is_confirmed() {
        meet();
        WebTransportSession session = connect("/nowhere");
        assertFalse(session.isConfirmed());
        Promise<Void> confirmed = session.confirmed();
        Lines lines = say(session, "anybody there");
        until(lines::isOver);
        assertTrue(lines.failureText().contains("404"), lines.failureText());
        assertThrows(RuntimeException.class, () -> sessions.loop().await(confirmed));
        // Whoever was wrong once is careful.
        WebTransportSession next = connect();
        assertTrue(next.isConfirmed());
        next.close();
    }

    @Test
    void a_retry_takes_what_was_said_early_after_the_handshake() {
        try (Sessions small = new Sessions(
                Transport.AUTO,
                ofTwo(),
                routes -> routes.on("/echo", this::echo),
                ServerIdentity.selfIssued(Sessions.CLOCK, RANDOM, "localhost"),
                EarlyData.with(RANDOM))) {
            sessions.close();
            sessions = small;
            relay.leadTo(small.server.address());
            tickets = SessionTickets.of(small.trust());
            meet();
            WebTransportSession other = small.connect("/echo");
            assertEquals("hello", firstBeside());
            other.close();
        }
    }

    @Test
    void what_a_retry_has_sent_back_is_not_heard_early_when_the_server_has_room_again() {
        try (Sessions small = new Sessions(
                Transport.AUTO,
                ofTwo(),
                routes -> routes.on("/echo", this::echo),
                ServerIdentity.selfIssued(Sessions.CLOCK, RANDOM, "localhost"),
                EarlyData.with(RANDOM))) {
            sessions.close();
            sessions = small;
            relay.leadTo(small.server.address());
            tickets = SessionTickets.of(small.trust());
            meet();
            WebTransportSession other = small.connect("/echo");
            int first = relay.fromClients().size();
            assertEquals("hello", firstBeside());
            List<byte[]> recorded = relay.fromClients();
            recorded = recorded.subList(first, recorded.size());
            other.close();
            isHeardNoMore(recorded);
        }
    }

    private Limits.WebTransport ofTwo() {
        return new Limits.WebTransport(
                2,
                hasty.lineBytes(),
                hasty.headBytes(),
                hasty.windowBytes(),
                hasty.streams(),
                hasty.openTimeout(),
                hasty.idleTimeout(),
                hasty.connectTimeout(),
                hasty.closeTimeout());
    }

    private String firstBeside() {
        WebTransportSession session = connect();
        Lines lines = say(session, "hello");
        until(() -> lines.count() == 1);
        session.close();
        return heard.getFirst();
    }
}
