package dev.capstan.capnp;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Parameters or results as a Cap'n Proto pointer: in a message of their own, or inside an RPC message.
 *
 * <p>Counted; any thread may share and close. The last close releases the capabilities; the bytes stay readable.
 */
public final class CapnpPayload implements Payload {
    private final AnyPointer.@Nullable Builder builder;
    private final AnyPointer.@Nullable Reader reader;
    private final CapTable caps;
    private final AtomicInteger references = new AtomicInteger(1);

    private CapnpPayload(AnyPointer.@Nullable Builder builder, AnyPointer.@Nullable Reader reader, CapTable caps) {
        this.builder = builder;
        this.reader = reader;
        this.caps = caps;
    }

    /** Content that is being built; takes ownership of {@code caps}. */
    public static CapnpPayload building(AnyPointer.Builder content, CapTable caps) {
        return new CapnpPayload(content, null, caps);
    }

    /** Content that was received; takes ownership of {@code caps}. */
    public static CapnpPayload received(AnyPointer.Reader content, CapTable caps) {
        return new CapnpPayload(null, content, caps);
    }

    /** {@code payload} as one of ours. */
    public static CapnpPayload of(Payload payload) {
        if (payload instanceof CapnpPayload ours) {
            return ours;
        }
        throw Failure.unimplemented("this object speaks Cap'n Proto and was called in "
                + payload.format().name() + ": put a gateway between them");
    }

    /** Where content is built. Fails for received content. */
    public AnyPointer.Builder builder() {
        if (builder == null) {
            throw new IllegalStateException("this payload was received: it can be read, not built");
        }
        return builder;
    }

    /** The content. */
    public AnyPointer.Reader reader() {
        if (reader != null) {
            return reader;
        }
        return builder().asReader();
    }

    /** Whether the content is still being built. */
    public boolean isBuilding() {
        return builder != null;
    }

    /** The capabilities of the content. */
    public CapTable caps() {
        return caps;
    }

    @Override
    public Format format() {
        return CapnpFormat.INSTANCE;
    }

    @Override
    public Cap cap(Path path) {
        if (references.get() <= 0) {
            throw new IllegalStateException(
                    "these results were closed: take the capabilities that you need before closing the answer");
        }
        if (!(path instanceof Path.Pointers pointers)) {
            return nothingAt(path);
        }
        AnyPointer.Reader at = reader();
        try {
            for (int step = 0; step < pointers.length(); step++) {
                at = at.pointerField(pointers.at(step));
            }
        } catch (MessageException e) {
            return new BrokenCap(Failure.failed("Invalid pipeline transform.; " + e.getMessage()));
        }
        return at.asCap();
    }

    /** What is at a place of another wire's kind. */
    private static Cap nothingAt(Path path) {
        return new BrokenCap(
                Failure.failed("'" + path + "' is a name, and places in Cap'n Proto results are pointer indexes"));
    }

    @Override
    public void copyTo(Payload empty, UnaryOperator<Cap> passing) {
        CapnpPayload copy = of(empty);
        int before = copy.caps.size();
        copy.builder().set(reader());
        copy.caps.replace(before, passing);
    }

    @Override
    public long bytes() {
        return 8L * (builder != null ? builder.targetSizeWords() : reader().targetSizeWords());
    }

    @Override
    public Payload share() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("this payload was closed");
        }
        return this;
    }

    @Override
    public void close() {
        if (references.decrementAndGet() == 0) {
            caps.close();
        }
    }
}
