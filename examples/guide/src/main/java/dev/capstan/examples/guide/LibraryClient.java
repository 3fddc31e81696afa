package dev.capstan.examples.guide;

import dev.capstan.capnweb.WebClient;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.net.Limits;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import dev.capstan.net.http.HttpClient;
import java.lang.invoke.MethodHandles;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;

/** Asks the library for books: {@code LibraryClient ws://127.0.0.1:8080/api Austen}. */
public final class LibraryClient {
    private LibraryClient() {}

    static List<Library.Book> ask(NetLoop net, URI server, String author) {
        var http = new HttpClient(net.loop(), net.network(), new SecureRandom(), Limits.Http.DEFAULT);
        try (var peer = new WebClient(net.loop(), http).connect(server)) {
            var library = Binder.of(MethodHandles.lookup()).stub(Library.class, net.loop(), peer.main());
            return library.by(author);
        }
    }

    public static void main(String[] args) {
        try (var net = NetLoop.open("client", Transport.AUTO)) {
            ask(net, URI.create(args[0]), args[1]).forEach(book -> System.out.println(book.title()));
        }
    }
}
