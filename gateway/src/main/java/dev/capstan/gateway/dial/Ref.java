package dev.capstan.gateway.dial;

import dev.capstan.async.Promise;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something at a server that can be called or looked into by names: an object, or a place in a result that need not be there yet. What is called on it goes ahead where the wire can do that.
 *
 * <p>Owned by whoever got it; used by one thread, which is not that of a loop.
 */
public interface Ref extends AutoCloseable {
    /**
     * What lies in it, which nobody waits for; the caller owns it.
     *
     * @param step a String or an Integer, from 0
     * @throws InputException if there cannot be such a thing; it says what there is
     */
    Ref get(Object step) throws InputException;

    /**
     * Calls a method; the caller owns the result.
     *
     * @param method its name; empty to call this itself, as functions are
     * @param arguments as {@link Literal} reads them; other references stand for what they lead to
     * @throws InputException if it cannot be called like that
     */
    Ref call(String method, List<? extends @Nullable Object> arguments) throws InputException;

    /**
     * Calls a method with one message after the other, and gives each result to {@code out} as a line of JSON. A method that takes a stream gets all of them in one call.
     *
     * @param messages the arguments of each
     */
    default void callEach(String method, Iterator<List<@Nullable Object>> messages, Consumer<String> out)
            throws InputException {
        while (messages.hasNext()) {
            try (Ref result = call(method, messages.next())) {
                result.print(out);
            }
        }
    }

    /** Waits for the value, and gives it to {@code out} as a line of JSON; what a stream brings, a line each. */
    default void print(Consumer<String> out) throws InputException {
        out.accept(Literal.json(value()));
    }

    /** Waits for the value: a tree of what JSON has. */
    @Nullable
    Object value() throws InputException;

    /** A call that can be made many times, any number of them at once. */
    interface Shot {
        /** Makes it, on the thread of the loop; the result is dropped when it has come. */
        Promise<Void> fire();
    }

    /**
     * Prepares calls; this must stay open for as long as they are made.
     *
     * @throws InputException if they cannot be made like that
     */
    Shot aim(String method, List<? extends @Nullable Object> arguments) throws InputException;

    /** Whether it can be called, as far as that is known without asking the server. */
    boolean isObject();

    /** What it is, for people. */
    String kind();

    @Override
    void close();
}
