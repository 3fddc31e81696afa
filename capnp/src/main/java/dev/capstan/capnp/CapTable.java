package dev.capstan.capnp;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities that travel beside a message; a capability pointer holds an index into it.
 *
 * <p>The table owns its entries: {@link #add} takes a reference over, {@link #close} gives all of them back. It belongs
 * to the thread that owns the message.
 */
public final class CapTable implements AutoCloseable {
    private final List<@Nullable Cap> caps = new ArrayList<>(0);
    private @Nullable Loop home;

    /** An empty table. */
    public CapTable() {}

    /** The entry at {@code index}, borrowed; null when there is none. Any int may be asked for. */
    public @Nullable Cap get(int index) {
        return index >= 0 && index < caps.size() ? caps.get(index) : null;
    }

    /** Appends an entry and answers its index. Takes ownership, always. */
    public int add(@Nullable Cap cap) {
        caps.add(cap);
        return caps.size() - 1;
    }

    /** From now on objects that are put into the message live on {@code loop}; before, on the loop of whoever puts them there. */
    void home(@Nullable Loop loop) {
        home = loop;
    }

    /**
     * A first reference to an object that is put into the message.
     *
     * @throws IllegalStateException if nothing tells on which loop it lives
     */
    Cap serve(Target object) {
        Loop loop = home != null ? home : Loop.current();
        if (loop == null) {
            throw new IllegalStateException(
                    "nothing tells on which loop this object lives: give the message Foo.TYPE.serve(loop, object)");
        }
        return new LocalCap(loop, object);
    }

    /** Puts what {@code passing} gives, which takes ownership and gives it, in place of each entry from {@code first} on. */
    void replace(int first, UnaryOperator<Cap> passing) {
        for (int i = first; i < caps.size(); i++) {
            Cap cap = caps.get(i);
            if (cap != null) {
                caps.set(i, passing.apply(cap));
            }
        }
    }

    /** Number of entries, those included that are empty by now. */
    public int size() {
        return caps.size();
    }

    /** Closes an entry whose pointer is gone; its index stays in use, so that the others keep theirs. */
    void drop(int index) {
        if (index >= 0 && index < caps.size()) {
            Cap cap = caps.set(index, null);
            if (cap != null) {
                cap.close();
            }
        }
    }

    /** Closes every entry and empties the table, which can be used again. */
    @Override
    public void close() {
        for (int i = 0; i < caps.size(); i++) {
            drop(i);
        }
        caps.clear();
    }
}
