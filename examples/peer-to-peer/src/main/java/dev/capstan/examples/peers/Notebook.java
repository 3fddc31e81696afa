package dev.capstan.examples.peers;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.bind.Remote;
import java.util.function.Consumer;

/** What each of the two offers the other. */
// snippet notebook
@Remote
public interface Notebook {
    Promise<String> owner();

    /** Calls {@code reader} with each line that is written, until what it returns is closed. */
    Following follow(Consumer<String> reader);

    void write(String line);

    @Remote
    interface Following extends AutoCloseable {
        /** How many lines were read. */
        Promise<Integer> lines();

        @Override
        void close();
    }
}
// end snippet
