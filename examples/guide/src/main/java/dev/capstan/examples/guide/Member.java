package dev.capstan.examples.guide;

import dev.capstan.capnweb.bind.Remote;
import java.io.InputStream;
import java.util.Iterator;
import java.util.function.Consumer;

/** What only somebody gets who has a card: the reference is the right to call it. */
// snippet member
@Remote(blocking = true)
public interface Member extends AutoCloseable {
    String name();

    void borrow(String title);

    Watch watch(Consumer<String> listener);

    InputStream text(String title);

    int donate(InputStream text);

    Iterator<Library.Book> history();

    @Override
    void close();

    @Remote
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
// end snippet
