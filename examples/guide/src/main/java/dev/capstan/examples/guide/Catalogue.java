package dev.capstan.examples.guide;

import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remote;
import java.util.List;

/** Results that are passed on before they are there. */
// snippet catalogue
@Remote
public interface Catalogue {
    Pending<Library.Book> newest();

    Pending<List<Library.Book>> by(Pending<String> author);

    Pending<Integer> copies(Pending<String> title);
}
// end snippet
