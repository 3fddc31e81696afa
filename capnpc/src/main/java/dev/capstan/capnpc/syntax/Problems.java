package dev.capstan.capnpc.syntax;

import dev.capstan.capnpc.source.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects what is wrong in one run. Belongs to one thread.
 *
 * <p>A broken file of 10 MiB could yield a million problems, and nobody reads more than the first few: {@link #MOST} are kept, the rest
 * only counted. What comes first in a file is kept first as far as it is found first.
 */
public final class Problems {
    /** Problems that are kept. */
    public static final int MOST = 100;

    private record Found(int start, Problem problem) {}

    private final Map<String, List<Found>> byFile = new LinkedHashMap<>();
    private final Set<Problem> seen = new HashSet<>();
    private int left;

    /** Nothing is wrong yet. */
    public Problems() {}

    /** Adds a problem with the bytes from {@code start} to {@code end}, unless it is known. */
    public void add(Source source, int start, int end, String message, String hint) {
        if (isFull()) {
            left++;
            return;
        }
        add(start, source.problem(start, end, message, hint));
    }

    /** Adds a problem with a file as a whole. */
    public void add(String file, String message, String hint) {
        if (isFull()) {
            left++;
            return;
        }
        add(0, new Problem(file, 1, 1, "", message, hint));
    }

    private void add(int start, Problem problem) {
        if (seen.add(problem)) {
            byFile.computeIfAbsent(problem.file(), none -> new ArrayList<>()).add(new Found(start, problem));
        }
    }

    /** Whether there is no use in looking for more. */
    public boolean isFull() {
        return seen.size() >= MOST;
    }

    /** Whether nothing was wrong so far. */
    public boolean isEmpty() {
        return seen.isEmpty();
    }

    /** Whether nothing was wrong with this file so far. */
    public boolean isEmpty(String file) {
        return !byFile.containsKey(file);
    }

    /** All that are kept, file by file, from the top of each to its end. */
    public List<Problem> toList() {
        List<Problem> all = new ArrayList<>();
        for (List<Found> file : byFile.values()) {
            file.stream().sorted(Comparator.comparingInt(Found::start)).forEach(found -> all.add(found.problem()));
        }
        if (left > 0) {
            Problem last = all.getLast();
            all.add(new Problem(
                    last.file(),
                    last.line(),
                    last.column(),
                    "",
                    left + " more problems are not shown.",
                    "Mend these first."));
        }
        return List.copyOf(all);
    }
}
