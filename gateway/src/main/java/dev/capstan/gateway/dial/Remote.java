package dev.capstan.gateway.dial;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.gateway.options.InputException;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A server that was reached. Owned by whoever opened it; its references are of no use after it was closed. */
public interface Remote extends AutoCloseable {
    /** What is served: the main object, or all services. The caller owns it. */
    Ref root();

    /** What there is to call, a line each. */
    List<String> list() throws InputException;

    /** Makes sure that somebody answers who speaks this; throws what is wrong. */
    void check();

    /** A round trip, and as little as there can be beside it; on the thread of the loop. */
    Promise<Void> ping();

    /** What is known when the server has answered, for people. */
    String greeting();

    /** What may be wrong with a server that answers. */
    List<String> warnings();

    /** The bounds of a conversation, as far as they are known, for people. */
    String limits();

    /**
     * What can stand behind a path by the schema, with an opening bracket behind methods; empty if that is not known.
     *
     * @param start where it begins; null for the main object
     */
    List<String> members(@Nullable Ref start, List<CallPath.Step> steps);

    /**
     * The definition of what is called {@code name} in the schema.
     *
     * @throws InputException if there is no such thing
     */
    String describe(String name) throws InputException;

    /** How many entries each table of the session has, by name; empty where there is none. */
    SequencedMap<String, Integer> tables();

    /** The loop that the connection belongs to. */
    Loop loop();

    /** How many calls were made, and how often something was waited for that they bring. */
    Tally tally();

    @Override
    void close();
}
