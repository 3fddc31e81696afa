package dev.capstan.capnweb;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/** What was made while an expression was read, and has no owner yet: if the expression is refused, it is given back. */
final class Made {
    private final IdentityHashMap<AutoCloseable, Integer> references = new IdentityHashMap<>();

    void clear() {
        references.clear();
    }

    /** One more reference. */
    <T extends AutoCloseable> T add(T one) {
        references.merge(one, 1, Integer::sum);
        return one;
    }

    /** These have another owner now. */
    void takenOver(List<AutoCloseable> all) {
        all.forEach(each -> references.computeIfPresent(each, (same, count) -> count == 1 ? null : count - 1));
    }

    void close() {
        references.forEach((each, count) -> Values.close(Collections.nCopies(count, each)));
        references.clear();
    }
}
