package dev.capstan.examples.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Address;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remotes;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpClient;
import dev.capstan.net.http.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs what docs/guide.md shows, over sockets. */
class GuideTest {
    private NetLoop net;
    private WebServer web;
    private WebServer other;
    private HttpServer server;
    private HttpServer catalogues;
    private WebClient client;
    private Binder binder;

    @BeforeEach
    void open() {
        binder = Binder.of(MethodHandles.lookup());
        net = NetLoop.open("library", Transport.AUTO);
        web = library();
        server = listen(web);
        other = new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OurCatalogue())));
        catalogues = listen(other);
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        client = new WebClient(net.loop(), http);
    }

    // snippet listen
    private HttpServer listen(WebServer web) {
        var at = new Address.Tcp("127.0.0.1", 0); // 0: the system chooses a port
        return net.loop()
                .fetch(() -> HttpServer.listen(net.loop(), net.network(), at, web.routes("/api"), Limits.Http.DEFAULT))
                .await();
    }

    private WebServer library() {
        return new WebServer(net.loop(), visitor -> Promise.of(binder.serve(net.loop(), new OurLibrary())));
    }
    // end snippet

    private static int port(HttpServer server) {
        return ((Address.Tcp) server.address()).port();
    }

    private WebPeer connect() {
        return connect(server);
    }

    private WebPeer connect(HttpServer to) {
        return client.connect(URI.create("ws://127.0.0.1:" + port(to) + "/api"));
    }

    @AfterEach
    void nothing_is_left() {
        while (net.loop().fetch(() -> Promise.of(web.open() + other.open())).await() > 0) {
            net.loop().timer().after(Duration.ofMillis(5)).await();
        }
        net.close();
    }

    private Library library(WebPeer peer) {
        return binder.stub(Library.class, net.loop(), peer.main());
    }

    @Test
    void a_client_calls_the_service() throws Exception {
        int port = port(server);
        // snippet client
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (WebPeer peer = new WebClient(net.loop(), http).connect(URI.create("ws://127.0.0.1:" + port + "/api"))) {
            Library library = binder.stub(Library.class, net.loop(), peer.main());
            Library.Book emma = library.book("Emma");
            assertEquals(1815, emma.year());
            assertEquals(2, library.by("Austen").size());
        }
        // end snippet
    }

    @Test
    void the_programs_meet() {
        try (var serving = NetLoop.open("library", Transport.AUTO);
                var asking = NetLoop.open("client", Transport.AUTO)) {
            HttpServer own = LibraryServer.serve(serving, Address.parse("127.0.0.1:0"));
            List<Library.Book> books =
                    LibraryClient.ask(asking, URI.create("ws://127.0.0.1:" + port(own) + "/api"), "Austen");
            assertEquals(
                    List.of("Emma", "Persuasion"),
                    books.stream().map(Library.Book::title).toList());
        }
    }

    @Test
    void calls_go_ahead_to_what_is_not_there_yet() {
        try (WebPeer peer = connect()) {
            Library library = library(peer);
            // snippet reference
            // signIn() returns at once: name() leaves right behind it, and both take one round trip.
            try (Member member = library.signIn("card-7")) {
                assertEquals("Ann", member.name());
            }
            // end snippet
        }
    }

    @Test
    void values_go_ahead_too() {
        try (WebPeer peer = connect(catalogues)) {
            Catalogue catalogue = binder.stub(Catalogue.class, net.loop(), peer.main());
            // snippet pipelining
            try (Pending<Library.Book> newest = catalogue.newest();
                    Pending<List<Library.Book>> others = catalogue.by(newest.get("author", String.class))) {
                assertEquals("Dracula", others.await().getFirst().title());
            }
            // end snippet
        }
    }

    @Test
    void callbacks_are_called() {
        List<String> heard = new ArrayList<>();
        try (WebPeer peer = connect();
                Member member = library(peer).signIn("card-7")) {
            // snippet callback
            Member.Watch watch = member.watch(heard::add);
            member.borrow("Emma");
            watch.close();
            member.borrow("Dracula"); // nobody is told
            // end snippet
            assertEquals("Ann", member.name());
        }
        assertEquals(List.of("Ann has Emma"), heard);
    }

    @Test
    void streams_go_both_ways() throws IOException {
        try (WebPeer peer = connect();
                Member member = library(peer).signIn("card-7")) {
            // snippet streams
            try (var text = member.text("Emma")) { // an InputStream: closing it early stops the sender
                assertEquals("Emma Emma", new String(text.readNBytes(9), StandardCharsets.UTF_8));
            }
            assertEquals(100_000, member.donate(new ByteArrayInputStream(new byte[100_000])));
            member.borrow("Emma");
            member.history().forEachRemaining(book -> assertEquals("Emma", book.title()));
            // end snippet
        }
    }

    @Test
    void a_list_is_mapped_where_it_is() {
        try (WebPeer peer = connect(catalogues)) {
            Catalogue catalogue = binder.stub(Catalogue.class, net.loop(), peer.main());
            // snippet map
            try (Pending<List<Library.Book>> books = catalogue.by(Pending.of("Austen"));
                    Pending<List<Integer>> copies =
                            Pending.map(books, book -> catalogue.copies(book.get("title", String.class)))) {
                assertEquals(List.of(4, 10), copies.await());
            }
            // end snippet
        }
    }

    @Test
    void failures_are_told() {
        try (WebPeer peer = connect()) {
            Library library = library(peer);
            // snippet errors
            var missing = assertThrows(Library.NotThere.class, () -> library.book("Ulysses"));
            assertEquals("there is no Ulysses", missing.getMessage());

            try (Member nobody = library.signIn("card-8")) {
                Failure refused = assertThrows(Failure.class, nobody::name);
                assertEquals("this card is not known", refused.reason());
                assertEquals(Failure.Kind.FAILED, refused.kind());
            }
            // end snippet
        }
    }

    @Test
    void references_are_shared_and_closed() {
        try (WebPeer peer = connect()) {
            Library library = library(peer);
            // snippet disposal
            Member one = library.signIn("card-7");
            Member other = Remotes.dup(one); // two references to one object of the peer
            one.close();
            assertThrows(IllegalStateException.class, one::name);
            assertEquals("Ann", other.name());
            other.close(); // the last one: the object there is closed
            // end snippet
        }
    }

    @Test
    void a_broken_session_breaks_its_references() {
        // snippet broken
        WebPeer peer = connect();
        Library library = library(peer);
        Promise<Void> broken = Remotes.onBroken(library);
        peer.close();
        assertThrows(Failure.class, broken::await);
        assertEquals(
                Failure.Kind.DISCONNECTED,
                assertThrows(Failure.class, () -> library.by("Austen")).kind());
        // end snippet
    }

    @Test
    void a_batch_is_one_request() {
        int port = port(catalogues);
        // snippet batch
        try (WebPeer peer = client.batch(URI.create("http://127.0.0.1:" + port + "/api"))) {
            Catalogue catalogue = binder.stub(Catalogue.class, net.loop(), peer.main());
            try (Pending<Library.Book> newest = catalogue.newest();
                    Pending<Integer> copies = catalogue.copies(newest.get("title", String.class))) {
                // Both are asked for before anything is sent.
                List<Object> both = Promise.<Object>all(List.of(newest.promise(), copies.promise()))
                        .await();
                assertEquals(7, both.get(1));
            }
        }
        // end snippet
    }

    @Test
    void without_an_interface_there_are_names() {
        try (WebPeer peer = connect()) {
            // snippet dynamic
            try (Stub library = Stub.of(net.loop(), peer.main());
                    Stub member = library.call("signIn", "card-7");
                    Stub name = member.call("name")) {
                assertEquals("Ann", name.value().await());
            }
            // end snippet
            try (Stub library = Stub.of(net.loop(), peer.main());
                    Stub books = library.call("by", List.of("Austen").getFirst())) {
                assertEquals(2, ((List<?>) books.value().await()).size());
                assertTrue(((List<?>) books.value().await()).getFirst() instanceof Map);
            }
        }
    }

    @Test
    void a_door_decides_who_comes_in() {
        // snippet door
        WebServer.Door door = visitor -> {
            if (!visitor.header("authorization").equals(Optional.of("Bearer 42"))) {
                throw Failure.failed("log in first");
            }
            return Promise.of(binder.serve(net.loop(), new OurLibrary()));
        };
        // end snippet
        HttpServer guarded = listen(new WebServer(net.loop(), door));
        URI at = URI.create("ws://127.0.0.1:" + ((Address.Tcp) guarded.address()).port() + "/api");
        try (WebPeer in = client.connect(at, Headers.of("authorization", "Bearer 42"), null);
                WebPeer out = client.connect(at)) {
            assertEquals(2, library(in).by("Austen").size());
            String refused =
                    assertThrows(Failure.class, () -> library(out).by("Austen")).reason();
            assertTrue(refused.endsWith("log in first"), refused);
        }
    }

    @Test
    void a_limit_is_set_by_itself() {
        // snippet limits
        var limits =
                dev.capstan.capnweb.Limits.DEFAULT.withMessageBytes(1 << 20).withDepth(32);
        var guarded = new WebServer(
                net.loop(),
                visitor -> Promise.of(binder.serve(net.loop(), new OurLibrary())),
                Options.DEFAULT.withLimits(limits),
                Access.SAME_HOST.withOrigins("https://app.example"));
        // end snippet
        assertEquals(0, guarded.open());
    }

    @Test
    void declarations_for_typescript_are_printed() {
        // snippet declarations
        String typescript = binder.declarations(Library.class);
        assertTrue(typescript.contains("export interface Library extends RpcTarget"));
        // end snippet
    }
}
