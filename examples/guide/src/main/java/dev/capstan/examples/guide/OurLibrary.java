package dev.capstan.examples.guide;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.bind.Pending;
import dev.capstan.capnweb.bind.Remotes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A plain object, and what it gives out. */
// snippet server
public final class OurLibrary implements Library, Library.Catalogue {
    private static final List<Book> BOOKS = List.of(
            new Book("Emma", "Austen", 1815, Optional.empty()),
            new Book("Persuasion", "Austen", 1817, Optional.of("posthumous")),
            new Book("Dracula", "Stoker", 1897, Optional.empty()));

    @Override
    public Book book(String title) throws NotThere {
        return BOOKS.stream()
                .filter(book -> book.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new NotThere("there is no " + title));
    }

    @Override
    public List<Book> by(String author) {
        return BOOKS.stream().filter(book -> book.author().equals(author)).toList();
    }

    @Override
    public Reader signIn(String card) {
        if (!card.equals("card-7")) {
            throw Failure.failed("this card is not known");
        }
        return new CardHolder("Ann");
    }
    // end snippet

    // snippet pending
    @Override
    public Pending<List<Book>> books(Pending<String> author) {
        return Pending.of(
                by(author.await())); // it is there: who passes a promise is waited for before a method is called
    }
    // end snippet

    @Override
    public Pending<Book> newest() {
        return Pending.of(BOOKS.getLast());
    }

    @Override
    public Pending<Integer> copies(Pending<String> title) {
        return Pending.of(title.await().length());
    }

    private static final class CardHolder implements Reader {
        private final String name;
        private final List<Book> borrowed = new ArrayList<>();
        private final Set<Listening> watches = new LinkedHashSet<>();

        CardHolder(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void borrow(String title) {
            borrowed.add(new Book(title, "", 0, Optional.empty()));
            List.copyOf(watches).forEach(watch -> watch.listener.accept(name + " has " + title));
        }

        // snippet watch
        @Override
        public Watch watch(Consumer<String> listener) {
            Listening watch = new Listening(Remotes.dup(listener)); // kept beyond the end of this method
            watches.add(watch);
            return watch;
        }

        private final class Listening implements Watch {
            private final Consumer<String> listener;

            Listening(Consumer<String> listener) {
                this.listener = listener;
            }

            @Override
            public void close() { // nobody holds the watch any more
                watches.remove(this);
                Remotes.close(listener);
            }
        }
        // end snippet

        @Override
        public InputStream text(String title) {
            return new ByteArrayInputStream((title + " ").repeat(1000).getBytes(StandardCharsets.UTF_8));
        }

        // snippet streams
        @Override
        public int donate(InputStream text) {
            try (text) {
                return text.readAllBytes().length;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Iterator<Book> history() {
            return borrowed.iterator();
        }
        // end snippet

        @Override
        public void close() {}
    }
}
