package dev.capstan.gateway.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Network;
import dev.capstan.async.Promise;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.resume.Reconnection;
import dev.capstan.gateway.frames.Decoding;
import dev.capstan.gateway.frames.Frame;
import dev.capstan.gateway.frames.FrameLine;
import dev.capstan.gateway.frames.Limits;
import dev.capstan.gateway.frames.Secrets;
import dev.capstan.gateway.frames.Tap;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a trace in front of a console shows of a visit. */
class TracedVisitTest {
    private static final String STANDING = "a-token-of-the-owner-s-choice";

    private final List<Frame> frames = new CopyOnWriteArrayList<>();

    /** What a page does: comes in with a link, comes back, and asks for a link for somebody else. Gives the tokens. */
    private List<String> visit(Secrets secrets, String way) {
        try (NetLoop net = NetLoop.open("visit", Transport.AUTO)) {
            Decoding decoding =
                    Decoding.plain().with(Limits.DEFAULT.withTexts(1 << 20)).with(secrets);
            Network shown = new Tap(net.loop(), decoding, frames::add).network(net.network());
            Console console = net.loop()
                    .fetch(() -> Promise.of(new Console(net.loop(), new SecureRandom()).admitting(STANDING)))
                    .await();
            Address.Tcp at = new Address.Tcp("127.0.0.1", 0);
            HttpServer server = net.loop()
                    .fetch(() -> HttpServer.listen(
                            net.loop(), shown, at, console.routes(at), dev.capstan.net.Limits.Http.DEFAULT))
                    .await();
            String link = net.loop()
                    .fetch(() -> Promise.of(console.link("http://" + server.address())))
                    .await();
            String invitation = link.substring(link.indexOf('=') + 1);
            WebClient client = new WebClient(
                    net.loop(),
                    new HttpClient(net.loop(), net.network(), new Random(1), dev.capstan.net.Limits.Http.DEFAULT));
            URI rpc = URI.create("ws://" + server.address() + "/console/rpc");
            WebPeer peer = way.equals("resumable")
                    ? client.connectResumable(rpc, Headers.of(), null, Reconnection.of(new Random(7)))
                    : client.connect(rpc);
            try (peer;
                    Stub door = Stub.of(net.loop(), peer.main());
                    Stub api = door.call("authenticate", invitation)) {
                String session = text(api.call("sessionToken"));
                String other = text(api.call("invitationToken"));
                try (Stub again = door.call("authenticate", session);
                        Stub standing = door.call("authenticate", STANDING)) {
                    return List.of(
                            invitation,
                            session,
                            other,
                            text(again.call("sessionToken")),
                            STANDING,
                            text(standing.call("sessionToken")));
                }
            } finally {
                net.loop()
                        .fetch(() -> {
                            console.close();
                            server.close();
                            return Promise.done();
                        })
                        .await();
            }
        }
    }

    private static String text(Stub result) {
        try (result) {
            return (String) result.value().await();
        }
    }

    private String trace() {
        return frames.stream()
                .map(each -> FrameLine.text(each, false) + "\n" + FrameLine.json(each))
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "resumable"})
    void no_token_of_a_visit_is_in_its_trace(String way) {
        List<String> tokens = visit(Secrets.HIDDEN, way);
        String trace = trace();
        assertTrue(trace.contains("invitationToken"), trace);
        assertEquals(way.equals("resumable"), trace.contains("session token"), trace);
        for (String token : tokens) {
            assertFalse(trace.contains(token), trace);
        }
    }

    @Test
    void the_tokens_are_there_for_whoever_asks_for_secrets() {
        List<String> tokens = visit(Secrets.SHOWN, "plain");
        String trace = trace();
        assertEquals(tokens, tokens.stream().filter(trace::contains).toList());
    }
}
