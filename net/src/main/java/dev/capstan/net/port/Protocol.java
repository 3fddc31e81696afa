package dev.capstan.net.port;

import dev.capstan.async.ByteStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * Something that is spoken at a {@link SharedPort}: how connections of it begin, and who takes them. Called on the loop's thread.
 *
 * @param name for texts, such as {@code HTTP}
 * @param applications names under which TLS may have agreed on it (ALPN), such as {@code h2}; those decide without a look at the first bytes
 * @param beginning what is asked of the first bytes
 * @param taker owns what it is given: a connection that has not been started, with all that has come over it
 */
public record Protocol(String name, List<String> applications, Beginning beginning, Consumer<ByteStream> taker) {
    /** What the first bytes of a connection say. */
    public enum Verdict {
        /** It is this protocol. */
        YES,
        /** It is not. */
        NO,
        /** More bytes have to come. */
        MORE
    }

    /** Judges beginnings. */
    @FunctionalInterface
    public interface Beginning {
        /** {@code first} are all bytes that have come, at least one; not to be kept or changed. */
        Verdict judge(byte[] first);
    }

    /** Copies the list. */
    public Protocol {
        applications = List.copyOf(applications);
    }

    /** One that takes whatever no protocol before it has taken. */
    public static Protocol otherwise(String name, List<String> applications, Consumer<ByteStream> taker) {
        return new Protocol(name, applications, first -> Verdict.YES, taker);
    }
}
