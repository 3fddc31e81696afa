package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.capnweb.Stub;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tree on its way into Java values: arguments of a call of the peer, or the result of one of ours. The tree is borrowed. What refers to it is noted here: {@link #close}
 * closes it, as when a method is through with its arguments, or when a value was refused half-way; who keeps the values leaves this open.
 */
final class Reading implements AutoCloseable {
    private static final int MOST_DEPTH = 500;

    private final Binder binder;
    private final Loop loop;
    private final List<AutoCloseable> made = new ArrayList<>(0);
    private int depth;

    Reading(Binder binder, Loop loop) {
        this.binder = binder;
        this.loop = loop;
    }

    Binder binder() {
        return binder;
    }

    /** One level deeper. */
    void enter() {
        if (++depth > MOST_DEPTH) {
            throw Mismatch.because("nests more than " + MOST_DEPTH + " levels deep");
        }
    }

    void leave() {
        depth--;
    }

    /** What can be called at {@code tree}, through {@code face}: an object of this process as it is, or a stub. */
    Object reference(@Nullable Object tree, Interface face) {
        Cap cap;
        if (tree instanceof Cap some) {
            cap = some;
        } else if (tree instanceof Stub some) {
            cap = some.cap();
        } else {
            throw Mismatch.expected(face.expected(), tree);
        }
        Object original = ServiceTarget.original(cap, face, binder);
        if (original != null) {
            return original;
        }
        TypedStub stub = new TypedStub(binder, face, reference(tree), false);
        made.add(stub);
        return stub.proxy();
    }

    /** A reference without interface, which is noted by whoever asked. */
    private Stub reference(Object tree) {
        return tree instanceof Stub stub ? stub.dup() : Stub.of(loop, ((Cap) tree).share());
    }

    /** Something that is closed with this. */
    <T extends AutoCloseable> T made(T one) {
        made.add(one);
        return one;
    }

    /** A reference without interface. */
    Stub stub(@Nullable Object tree) {
        if (!(tree instanceof Cap) && !(tree instanceof Stub)) {
            throw Mismatch.expected("a stub", tree);
        }
        Stub stub = reference(tree);
        made.add(stub);
        return stub;
    }

    @Override
    public void close() {
        List<AutoCloseable> all = List.copyOf(made);
        made.clear();
        all.forEach(Trees::closeOne);
    }
}
