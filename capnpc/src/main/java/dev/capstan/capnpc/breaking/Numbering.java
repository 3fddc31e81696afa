package dev.capstan.capnpc.breaking;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * What became of numbered members, judged by their names. Numbers alone cannot tell a renaming from an exchange; names alone cannot tell it
 * from a removal. A new name under an old number is a renaming, unless one of the two names is found under another number that was in use
 * before.
 */
final class Numbering {
    /** What became of one. */
    enum Fate {
        SAME,
        RENAMED,
        RENUMBERED,
        REMOVED
    }

    private final SortedMap<Integer, String> old;
    private final SortedMap<Integer, String> now;
    private final Map<String, Integer> oldByName;
    private final Map<String, Integer> nowByName;

    Numbering(SortedMap<Integer, String> old, SortedMap<Integer, String> now) {
        this.old = old;
        this.now = now;
        this.oldByName = byName(old);
        this.nowByName = byName(now);
    }

    private static Map<String, Integer> byName(SortedMap<Integer, String> names) {
        Map<String, Integer> numbers = new HashMap<>();
        names.forEach((number, name) -> numbers.put(name, number));
        return numbers;
    }

    /** Of the member that had this number. */
    Fate fate(int number) {
        String name = old.get(number);
        String successor = now.get(number);
        if (name == null || name.equals(successor)) {
            return Fate.SAME;
        }
        Integer elsewhere = nowByName.get(name);
        boolean isSuccessorNew = successor != null && !oldByName.containsKey(successor);
        if (elsewhere == null) {
            return isSuccessorNew ? Fate.RENAMED : Fate.REMOVED;
        }
        // The old name may be given to a new number, when the old number lives on under a new name.
        return isSuccessorNew && !old.containsKey(elsewhere) ? Fate.RENAMED : Fate.RENUMBERED;
    }

    /** The number that the name has now; only for what was renumbered. */
    int newNumber(int number) {
        return nowByName.getOrDefault(old.getOrDefault(number, ""), -1);
    }
}
