package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call (a {@link List}) or its result (any value; undefined unless set), with the capabilities in it.
 *
 * <p>Counted; the last close releases the capabilities. Used by one thread at a time.
 */
public final class WebPayload implements Payload {
    private @Nullable Object value = JsValue.UNDEFINED;
    private List<AutoCloseable> owned = List.of();
    private final AtomicInteger references = new AtomicInteger(1);

    WebPayload() {}

    /** A payload that holds {@code value}, of which it becomes the owner. */
    static WebPayload holding(@Nullable Object value) {
        WebPayload payload = new WebPayload();
        payload.set(value);
        return payload;
    }

    /** {@code payload} as what it is. */
    public static WebPayload of(Payload payload) {
        if (payload instanceof WebPayload known) {
            return known;
        }
        throw Failure.unimplemented("a call with " + payload.format().name()
                + " parameters or results has met an object that speaks Cap'n Web: put a gateway between the two");
    }

    /** Whether the value holds nothing that has to be released: nothing in it can be called or read, and no part of it is a promise. */
    public boolean isPlain() {
        return owned.isEmpty();
    }

    /** The value; borrowed, with the capabilities in it. */
    public @Nullable Object value() {
        if (references.get() <= 0) {
            throw new IllegalStateException("this payload was closed: use what is in it before");
        }
        return value;
    }

    /**
     * Puts {@code newValue} in place of what was here, which is released. Takes ownership of the capabilities in it, always.
     *
     * @throws WebException if it nests too deeply, as a value does that contains itself
     */
    public void set(@Nullable Object newValue) {
        List<AutoCloseable> before = owned;
        owned = List.of();
        value = JsValue.UNDEFINED;
        Values.close(before);
        List<AutoCloseable> all = Values.owned(newValue);
        value = newValue;
        owned = all;
    }

    /**
     * As {@link #set}, of a tree of values with {@link Stub}s, which are borrowed, as are the capabilities in it: what is put here has references of its own. On the thread of {@code loop} or on
     * a fiber of it.
     *
     * @throws WebException if it nests too deeply, as a value does that contains itself
     */
    public void setTree(Loop loop, @Nullable Object tree) {
        Object own = StubValues.replaced(tree, WebPayload::ownStream, false, 0);
        set(StubValues.sentValue(StubValues.outgoing(loop, own)));
    }

    private static @Nullable Object ownStream(@Nullable Object leaf) {
        return switch (leaf) {
            case Readable stream -> stream.share();
            case Writable stream -> stream.share();
            case null, default -> leaf;
        };
    }

    /** As anywhere; streams apart, too. */
    @Override
    public long bytes() {
        return Values.weight(value());
    }

    /** What can be called in the value, and what stands for the parts of it that are not here yet; borrowed. */
    public List<Cap> caps() {
        List<Cap> all = new ArrayList<>(owned.size());
        for (AutoCloseable each : owned) {
            Cap cap = Values.leadingOn(each);
            if (cap != null) {
                all.add(cap);
            }
        }
        return all;
    }

    /** Whether all of the value is here: no part of it is a promise. */
    public boolean isWhole() {
        return !Waiting.isIn(value());
    }

    /** The value when all of it is here, as a payload that the receiver owns. On the thread of {@code loop}. */
    public Promise<WebPayload> whole(Loop loop) {
        return Waiting.of(loop, Values.share(value()), Limits.DEFAULT.values());
    }

    /** The value as its receiver's own: the capabilities in it stay open when this is closed. Closes this reference. */
    @Nullable
    Object take() {
        if (references.get() == 1) {
            Object taken = value;
            owned = List.of();
            value = JsValue.UNDEFINED;
            close();
            return taken;
        }
        Object copy = Values.share(value());
        close();
        return copy;
    }

    @Override
    public Format format() {
        return WebFormat.INSTANCE;
    }

    @Override
    public Cap cap(Path path) {
        Path.Names names;
        switch (path) {
            case Path.Names some -> names = some;
            case Path.Pointers pointers when pointers.length() == 0 -> names = Path.Names.NONE;
            case Path.Pointers pointers -> {
                return new BrokenCap(Failure.failed(
                        pointers + " is a place in a Cap'n Proto result, and this is a value of Cap'n Web"));
            }
        }
        Object at = value();
        List<Object> steps = names.steps();
        for (int i = 0; i < steps.size(); i++) {
            Cap object = Values.leadingOn(at);
            if (object != null) {
                return new PropertyCap(object.share(), names.from(i));
            }
            try {
                at = Values.step(at, steps.get(i));
            } catch (Failure e) {
                return new BrokenCap(e);
            }
        }
        Cap inside = Values.leadingOn(at);
        return inside != null ? inside.share() : new ValueCap(share(), names);
    }

    @Override
    public void copyTo(Payload empty, UnaryOperator<Cap> passing) {
        of(empty).set(Values.share(value(), passing));
    }

    @Override
    public WebPayload share() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("this payload was closed");
        }
        return this;
    }

    @Override
    public void close() {
        int left = references.decrementAndGet();
        if (left == 0) {
            List<AutoCloseable> all = owned;
            owned = List.of();
            Values.close(all);
        } else if (left < 0) {
            throw new IllegalStateException("this payload was closed more often than it was shared");
        }
    }
}
