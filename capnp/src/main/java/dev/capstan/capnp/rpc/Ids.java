package dev.capstan.capnp.rpc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A table whose ids we choose: always the lowest that is free, so that ids stay small on the wire. */
final class Ids<T> {
    private final List<@Nullable T> slots = new ArrayList<>();
    private final BitSet used = new BitSet();
    private int lowestFree;
    private int size;

    /** Makes an entry for the lowest free id. */
    T add(IntFunction<T> make) {
        int id = used.nextClearBit(lowestFree);
        T entry = make.apply(id);
        used.set(id);
        lowestFree = id + 1;
        if (id == slots.size()) {
            slots.add(entry);
        } else {
            slots.set(id, entry);
        }
        size++;
        return entry;
    }

    /** The entry of {@code id}, which may be any number a peer has sent. */
    @Nullable
    T get(int id) {
        return id >= 0 && id < slots.size() ? slots.get(id) : null;
    }

    @Nullable
    T remove(int id) {
        T entry = get(id);
        if (entry != null) {
            slots.set(id, null);
            used.clear(id);
            lowestFree = Math.min(lowestFree, id);
            size--;
        }
        return entry;
    }

    List<T> entries() {
        List<T> all = new ArrayList<>(size);
        for (T entry : slots) {
            if (entry != null) {
                all.add(entry);
            }
        }
        return all;
    }

    int size() {
        return size;
    }

    /** How many entries are of a kind. */
    int count(Predicate<T> which) {
        int count = 0;
        for (T entry : slots) {
            if (entry != null && which.test(entry)) {
                count++;
            }
        }
        return count;
    }

    /** Empties the table and gives each entry to {@code action}, lowest id first. */
    void drain(Consumer<T> action) {
        List<@Nullable T> all = new ArrayList<>(slots);
        slots.clear();
        used.clear();
        lowestFree = 0;
        size = 0;
        for (T entry : all) {
            if (entry != null) {
                action.accept(entry);
            }
        }
    }
}
