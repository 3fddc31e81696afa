package dev.capstan.capnweb;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/** What was made while an expression was read, and has no owner yet: if the expression is refused, it is given back. */
final class Made {
    /** A map takes as long to clear as it ever was large. */
    private static final int LARGE = 100;

    private IdentityHashMap<AutoCloseable, Integer> references = new IdentityHashMap<>();
    private int most;

    void clear() {
        if (isLarge()) {
            references = new IdentityHashMap<>();
        } else if (!references.isEmpty()) {
            references.clear();
        }
        most = 0;
    }

    /** Whether it takes long to clear. */
    boolean isLarge() {
        return most > LARGE;
    }

    /** One more reference. */
    <T extends AutoCloseable> T add(T one) {
        references.merge(one, 1, Integer::sum);
        most = Math.max(most, references.size());
        return one;
    }

    /** These have another owner now. */
    void takenOver(List<AutoCloseable> all) {
        all.forEach(each -> references.computeIfPresent(each, (same, count) -> count == 1 ? null : count - 1));
    }

    void close() {
        references.forEach((each, count) -> Values.close(Collections.nCopies(count, each)));
        clear();
    }
}
