package dev.capstan.capnweb.bind;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.LocalCap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Objects that peers can reach now: one that is passed twice is the same both times. An entry goes when its last reference is closed. */
final class Served {
    private final ConcurrentHashMap<Key, LocalCap> live = new ConcurrentHashMap<>();

    /** An object by identity, as it is reached on a loop. */
    private record Key(Loop loop, Object object, List<Signature> types, boolean blocking) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key(Loop otherLoop, Object otherObject, List<Signature> otherTypes, boolean waits)
                    && loop == otherLoop
                    && object == otherObject
                    && types.equals(otherTypes)
                    && blocking == waits;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(object) + types.hashCode();
        }
    }

    /** A reference to {@code object}; the caller owns it. */
    Cap reference(Binder binder, Loop loop, Object object, Interface face, boolean blocking) {
        Key key = new Key(loop, object, face.types(), blocking);
        return live.compute(key, (same, known) -> {
            if (known != null && known.tryShare()) {
                return known;
            }
            return new LocalCap(loop, new ServiceTarget(binder, object, face, blocking, () -> forget(same)));
        });
    }

    /** A last reference was closed. Whether no other was made since, so that nobody holds the object any more. */
    private boolean forget(Key key) {
        LocalCap known = live.get(key);
        return known != null && known.isReleased() && live.remove(key, known);
    }
}
