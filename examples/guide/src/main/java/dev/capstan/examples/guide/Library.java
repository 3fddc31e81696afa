package dev.capstan.examples.guide;

import dev.capstan.capnweb.bind.Remote;
import java.util.List;
import java.util.Optional;

/** What everybody may call. */
// snippet library
@Remote(blocking = true)
public interface Library {
    Book book(String title) throws NotThere;

    List<Book> by(String author);

    Member signIn(String card);

    record Book(String title, String author, int year, Optional<String> note) {}

    final class NotThere extends Exception {
        private static final long serialVersionUID = 1;

        public NotThere(String message) {
            super(message);
        }
    }
}
// end snippet
