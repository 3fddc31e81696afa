package dev.capstan.examples.peers;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.bind.Remotes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A plain object, used on its loop's thread alone. */
final class Notes implements Notebook {
    private final String owner;
    private final Set<Reader> readers = new LinkedHashSet<>();

    Notes(String owner) {
        this.owner = owner;
    }

    @Override
    public Promise<String> owner() {
        return Promise.of(owner);
    }

    // snippet callback
    @Override
    public Following follow(Consumer<String> reader) {
        // Arguments are closed when a method is through; what is called later is kept by a reference of its own.
        Reader following = new Reader(Remotes.dup(reader));
        readers.add(following);
        return following;
    }

    @Override
    public void write(String line) {
        List.copyOf(readers).forEach(each -> each.read(line));
    }

    private final class Reader implements Following {
        private final Consumer<String> reader;
        private int lines;

        Reader(Consumer<String> reader) {
            this.reader = reader;
        }

        void read(String line) {
            lines++;
            reader.accept(line);
        }

        @Override
        public Promise<Integer> lines() {
            return Promise.of(lines);
        }

        /** Nobody holds this any more: the reader has closed it, or its process is gone. */
        @Override
        public void close() {
            readers.remove(this);
            Remotes.close(reader);
        }
    }
    // end snippet

    int readers() {
        return readers.size();
    }
}
