package dev.capstan.examples.guide;

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

/** What a member holds. */
final class OurMember implements Member {
    private final String name;
    private final List<Library.Book> borrowed = new ArrayList<>();
    private final Set<Listening> watches = new LinkedHashSet<>();

    OurMember(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void borrow(String title) {
        borrowed.add(new Library.Book(title, "", 0, Optional.empty()));
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
    public Iterator<Library.Book> history() {
        return borrowed.iterator();
    }
    // end snippet

    @Override
    public void close() {}
}
