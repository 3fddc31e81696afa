package dev.capstan.gateway.frames;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a server said then and what it says now, by structure: pure functions. */
final class Comparison {
    /** More lines are read by nobody. */
    private static final int MOST_LINES = 1_000;

    private Comparison() {}

    /**
     * The differences, as lines. Each frame is looked for among those of the other side that have the same {@link Frame#structure}; of those that remain, two about the same id count as one that has changed. Frames that are on both
     * sides in another order are counted. An answer of Cap'n Proto that was called off is as good as any to the same call: whether {@code Finish} or the end of the call comes first is a matter of time.
     */
    static List<String> differences(List<Frame> then, List<Frame> now) {
        boolean[] found = new boolean[now.size()];
        Map<String, Queue<Integer>> same = places(now, found, Frame::structure);
        List<Frame> missing = new ArrayList<>();
        int last = -1;
        int overtaken = 0;
        for (Frame each : then) {
            Integer place = taken(same, each.structure());
            if (place == null) {
                missing.add(each);
                continue;
            }
            found[place] = true;
            overtaken += place < last ? 1 : 0;
            last = Math.max(last, place);
        }
        Map<String, Queue<Integer>> related = places(now, found, Comparison::about);
        List<String> lines = new ArrayList<>();
        for (Frame each : missing) {
            Integer place = each.id().isEmpty() ? null : taken(related, about(each));
            if (place == null) {
                lines.add("missing: " + FrameLine.what(each));
            } else {
                found[place] = true;
                Frame other = now.get(place);
                if (!CapnpMessages.isCalledOff(each) && !CapnpMessages.isCalledOff(other)) {
                    lines.add("changed: " + FrameLine.what(each) + "  to: " + FrameLine.what(other));
                }
            }
        }
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                lines.add("new: " + FrameLine.what(now.get(i)));
            }
        }
        if (overtaken > 0) {
            lines.add("order: " + overtaken + " of the frames came earlier, relative to the others, than they did");
        }
        if (lines.size() > MOST_LINES) {
            int more = lines.size() - MOST_LINES;
            lines.subList(MOST_LINES, lines.size()).clear();
            lines.add("and " + more + " more");
        }
        return lines;
    }

    private static String about(Frame frame) {
        return frame.wire() + " " + frame.id();
    }

    /** Where those stand that were not found yet, by what they are known by. */
    private static Map<String, Queue<Integer>> places(
            List<Frame> frames, boolean[] found, Function<Frame, String> key) {
        Map<String, Queue<Integer>> places = new HashMap<>();
        for (int i = 0; i < frames.size(); i++) {
            if (!found[i]) {
                places.computeIfAbsent(key.apply(frames.get(i)), ignored -> new ArrayDeque<>())
                        .add(i);
            }
        }
        return places;
    }

    private static @Nullable Integer taken(Map<String, Queue<Integer>> places, String key) {
        Queue<Integer> known = places.get(key);
        return known == null ? null : known.poll();
    }
}
