package dev.capstan.capnpc.compile;

import java.util.List;
import java.util.stream.Collectors;

/** Finds the name that was probably meant. */
final class Suggestion {
    /** Names that are compared; a file may declare a million. */
    private static final int MOST = 2_000;

    /** Names that are listed when none is close. */
    private static final int SHOWN = 8;

    /** Names longer than this were not mistyped by hand. */
    private static final int LONGEST = 60;

    private Suggestion() {}

    /** The names that there are, for a hint. */
    static String all(List<String> names) {
        return names.isEmpty()
                ? "There are none."
                : "There " + (names.size() == 1 ? "is " : "are ")
                        + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                        + (names.size() > SHOWN ? " and others." : ".");
    }

    /** A hint: the name that is close, or else {@code otherwise}. */
    static String of(String name, List<String> names, String otherwise) {
        if (name.length() > LONGEST) {
            return otherwise;
        }
        String best = "";
        int bestDistance = Math.min(3, 1 + name.length() / 3);
        for (String candidate : names.subList(0, Math.min(MOST, names.size()))) {
            int distance = Math.abs(candidate.length() - name.length()) >= bestDistance
                    ? bestDistance
                    : distance(name, candidate);
            if (distance < bestDistance || (distance == bestDistance && candidate.equalsIgnoreCase(name))) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? otherwise : "Did you mean '" + best + "'?";
    }

    /** How many letters must be changed, added or removed, or swapped with their neighbours. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        int[] above = row;
        for (int i = 1; i <= a.length(); i++) {
            int[] twoAbove = above;
            above = row;
            row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
                }
            }
        }
        return row[b.length()];
    }
}
