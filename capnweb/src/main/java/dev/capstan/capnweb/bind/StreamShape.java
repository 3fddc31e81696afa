package dev.capstan.capnweb.bind;

import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Writable;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Streams: {@code ReadableStream} and {@code WritableStream}. What a method is passed is closed when it is through, as all of its arguments are: a {@link Readable} that is read later is
 * kept by {@link Readable#share}, a publisher, which lives as long as its subscription, by {@link Remotes#dup}.
 *
 * @param kind the Java type
 * @param element of chunks
 */
record StreamShape(Kind kind, Shape element) implements Shape {
    /** The Java type of a stream. */
    enum Kind {
        READABLE,
        WRITABLE,
        INPUT,
        OUTPUT,
        ITERATOR,
        PUBLISHER;

        /** Which one {@code type} is; null if it is none. */
        static @Nullable Kind of(Class<?> type) {
            return switch (type.getName()) {
                case "dev.capstan.capnweb.Readable" -> READABLE;
                case "dev.capstan.capnweb.Writable" -> WRITABLE;
                case "java.io.InputStream" -> INPUT;
                case "java.io.OutputStream" -> OUTPUT;
                case "java.util.Iterator" -> ITERATOR;
                case "java.util.concurrent.Flow$Publisher" -> PUBLISHER;
                default -> null;
            };
        }

        boolean hasElements() {
            return this == ITERATOR || this == PUBLISHER;
        }

        boolean isWritten() {
            return this == WRITABLE || this == OUTPUT;
        }
    }

    @Override
    public Object write(@Nullable Object value, Writing to) {
        if (value == null) {
            throw Mismatch.isNull();
        }
        return switch (kind) {
            case READABLE -> to.stream(to.givesAway() ? (Readable) value : ((Readable) value).share());
            case WRITABLE -> to.stream(to.givesAway() ? (Writable) value : ((Writable) value).share());
            case INPUT -> to.stream(Readable.of(to.loop(), (InputStream) value));
            case OUTPUT -> to.stream(Writable.of(to.loop(), (OutputStream) value));
            case ITERATOR -> {
                Iterator<?> elements = (Iterator<?>) value;
                Chunks chunks = new Chunks(to.binder(), to.loop(), element);
                yield to.stream(Readable.of(to.loop(), chunks.written(elements)));
            }
            case PUBLISHER -> {
                Chunks chunks = new Chunks(to.binder(), to.loop(), element);
                yield to.stream(Readable.of(to.loop(), chunks.written((Flow.Publisher<?>) value)));
            }
        };
    }

    @Override
    public Object read(@Nullable Object tree, Reading from) {
        if (kind.isWritten()) {
            if (!(tree instanceof Writable stream)) {
                throw Mismatch.expected("a WritableStream", tree);
            }
            if (kind == Kind.WRITABLE) {
                return from.made(stream.share());
            }
            LentOutput out = new LentOutput(stream.share());
            from.made((AutoCloseable) out::takenBack);
            return out;
        }
        if (!(tree instanceof Readable stream)) {
            throw Mismatch.expected("a ReadableStream", tree);
        }
        Chunks chunks = new Chunks(from.binder(), stream.loop(), element);
        return switch (kind) {
            case INPUT -> from.made(stream.inputStream());
            case ITERATOR -> chunks.read(from.made(stream.share()).iterator());
            case PUBLISHER -> from.made(chunks.read(stream.share()));
            case READABLE, WRITABLE, OUTPUT -> from.made(stream.share());
        };
    }

    @Override
    public String typescript(TypeScript out) {
        String of = switch (kind) {
            case READABLE, WRITABLE -> "any";
            case INPUT, OUTPUT -> "Uint8Array";
            case ITERATOR, PUBLISHER -> element.typescript(out);
        };
        return (kind.isWritten() ? "WritableStream<" : "ReadableStream<") + of + ">";
    }
}
