package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;

/**
 * Java values on their way into one tree: arguments of a call of ours, or the result of one of the peer. It owns the references that were made for the tree until
 * {@link #close}, by when the tree was handed on, which keeps references of its own.
 */
final class Writing implements AutoCloseable {
    private static final int MOST_DEPTH = 250;

    private final Binder binder;
    private final Loop loop;
    /** Whether what is written is given away: a result is, arguments are not. */
    private final boolean givesAway;

    private final List<AutoCloseable> made = new ArrayList<>(0);
    /** Streams in arguments go with them. */
    private final List<AutoCloseable> going = new ArrayList<>(0);

    private int depth;

    Writing(Binder binder, Loop loop, boolean givesAway) {
        this.binder = binder;
        this.loop = loop;
        this.givesAway = givesAway;
    }

    Binder binder() {
        return binder;
    }

    Loop loop() {
        return loop;
    }

    boolean givesAway() {
        return givesAway;
    }

    boolean hasReferences() {
        return !made.isEmpty() || !going.isEmpty();
    }

    /** One level deeper. */
    void enter() {
        if (++depth > MOST_DEPTH) {
            throw Mismatch.because("nests more than " + MOST_DEPTH + " levels deep, or contains itself");
        }
    }

    void leave() {
        depth--;
    }

    /** An object of this process, or a reference to one of a peer. */
    Object reference(Object value, Interface face) {
        TypedStub stub = TypedStub.of(value);
        if (stub != null) {
            return reference(stub.stub(), stub.isPlace(), stub);
        }
        return own(binder.served(loop, value, face));
    }

    /** A reference without interface. */
    Object reference(Stub stub) {
        // Whether it is a place cannot be told, and those are taken apart on the loop alone.
        return reference(stub, !loop.inLoop(), stub);
    }

    private Object reference(Stub stub, boolean mayBePlace, AutoCloseable owner) {
        if (!givesAway) {
            return stub;
        }
        // As the object that it is, or will be: calls on it need not wait until the peer knows it.
        Object tree = mayBePlace ? stub : own(stub.cap().share());
        made.add(owner);
        return tree;
    }

    Object reference(Cap cap) {
        if (givesAway) {
            made.add(cap);
        }
        return cap;
    }

    /** A stream of which this is the owner. */
    <T extends AutoCloseable> T stream(T stream) {
        (givesAway ? made : going).add(stream);
        return stream;
    }

    /** The arguments were taken by a call, with the streams in them. */
    void taken() {
        going.clear();
    }

    private Cap own(Cap cap) {
        made.add(cap);
        return cap;
    }

    @Override
    public void close() {
        List<AutoCloseable> all = List.copyOf(made);
        made.clear();
        all.forEach(Trees::closeOne);
        going.forEach(Trees::closeOne);
        going.clear();
    }
}
