package dev.capstan.examples.guide;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What everybody may call. */
// snippet library
@Remote(blocking = true)
public interface Library {
    Book book(String title) throws NotThere;

    List<Book> by(String author);

    Reader signIn(String card);

    record Book(String title, String author, int year, Optional<String> note) {}

    final class NotThere extends Exception {
        private static final long serialVersionUID = 1;

        public NotThere(String message) {
            super(message);
        }
    }
    // end snippet

    /** What only somebody gets who has a card: the reference is the right to call it. */
    // snippet reader
    @Remote(blocking = true)
    interface Reader extends AutoCloseable {
        String name();

        void borrow(String title);

        Watch watch(Consumer<String> listener);

        InputStream text(String title);

        int donate(InputStream text);

        Iterator<Book> history();

        @Override
        void close();
    }
    // end snippet

    /** Ends what it stands for when it is closed. */
    @Remote
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Results that are passed on before they are there. */
    // snippet catalogue
    @Remote(blocking = true)
    interface Catalogue {
        Pending<List<Book>> books(Pending<String> author);

        Pending<Book> newest();

        Pending<Integer> copies(Pending<String> title);
    }
    // end snippet
}
