package dev.capstan.examples.guide;

import dev.capstan.capnweb.bind.Pending;
import java.util.List;

/** To a method that is called, what is pending is there: who passes a promise is waited for before the method begins. */
// snippet pending
public final class OurCatalogue implements Catalogue {
    @Override
    public Pending<Library.Book> newest() {
        return Pending.of(OurLibrary.BOOKS.getLast());
    }

    @Override
    public Pending<List<Library.Book>> by(Pending<String> author) {
        return Pending.of(new OurLibrary().by(author.await()));
    }

    @Override
    public Pending<Integer> copies(Pending<String> title) {
        return Pending.of(title.await().length());
    }
}
// end snippet
