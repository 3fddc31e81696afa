package dev.capstan.gateway;

import dev.capstan.async.Loop;
import java.util.List;

/** A server that was reached. Owned by whoever opened it; its references are of no use after it was closed. */
interface Remote extends AutoCloseable {
    /** What is served: the main object, or all services. The caller owns it. */
    Ref root();

    /** What there is to call, a line each. */
    List<String> list() throws InputException;

    /** Makes sure that it is what it is taken for, as far as that shows without a call; throws what is wrong. */
    void check();

    /**
     * The definition of what is called {@code name} in the schema.
     *
     * @throws InputException if there is no such thing
     */
    String describe(String name) throws InputException;

    /** The loop that the connection belongs to. */
    Loop loop();

    /** How many calls were made, and how often something was waited for that they bring. */
    Tally tally();

    @Override
    void close();
}
