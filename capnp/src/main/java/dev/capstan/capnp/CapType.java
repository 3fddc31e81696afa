package dev.capstan.capnp;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;

/**
 * A token for capabilities of one kind; the base of the tokens of generated interfaces.
 *
 * <p>Reading never fails for a pointer that is null, of another kind or out of range: what comes out is broken, and the
 * first call on it says why. A peer can therefore not make a message unreadable by leaving a capability out.
 *
 * @param <C> what users hold: a typed client, or {@link Cap} itself
 */
abstract class CapType<C> extends PointerType<C, C> {
    /** Wraps a reference, taking ownership of it. */
    abstract C wrap(Cap cap);

    /** The reference in {@code client}, borrowed. */
    abstract Cap unwrap(C client);

    @Override
    public final C asReader(C builder) {
        return builder;
    }

    @Override
    final C read(Segment segment, long at, int depthLeft) {
        return wrap(capAt(segment, at));
    }

    @Override
    final C edit(Segment segment, long at) {
        return wrap(capAt(segment, at));
    }

    @Override
    final C init(Segment segment, long at, int size) {
        throw new UnsupportedOperationException("A capability cannot be initialised; set one instead.");
    }

    @Override
    final void write(Segment segment, long at, C value) {
        set(segment, at, unwrap(Copies.present(value)).share());
    }

    /** The capability of the pointer at {@code at}, owned by the caller. */
    static Cap capAt(Segment segment, long at) {
        long pointer = segment.getLong(at);
        if (pointer == 0) {
            return BrokenCap.ofNull();
        }
        if (!Pointer.isCapability(pointer)) {
            return BrokenCap.because("Calling capability extracted from a non-capability pointer.");
        }
        Cap cap = segment.arena.capTable().get(Pointer.capIndex(pointer));
        return cap == null ? BrokenCap.because("Calling invalid capability pointer.") : cap.share();
    }

    /** Points the pointer at {@code at} to {@code cap}, taking ownership of it. */
    static void set(Segment segment, long at, Cap cap) {
        Copies.present(cap);
        if (cap instanceof BrokenCap broken && broken.isNull()) {
            // On the wire a null capability is a null pointer.
            Zeroing.pointer(segment, at);
            cap.close();
            return;
        }
        int index = segment.arena.capTable().add(cap);
        Zeroing.pointer(segment, at);
        segment.putLong(at, Pointer.capability(index));
    }

    /** {@link AnyPointer#CAPABILITY}. */
    static final class Untyped extends CapType<Cap> {
        @Override
        Cap wrap(Cap cap) {
            return cap;
        }

        @Override
        Cap unwrap(Cap client) {
            return client;
        }
    }
}
