package dev.capstan.gateway.frames;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What a server said then and what it says now, by structure: pure functions. */
final class Comparison {
    private Comparison() {}

    /**
     * The differences, as lines. Each frame is looked for among those of the other side that have the same {@link Frame#structure}; of those that remain, two about the same id count as one that has changed. Frames that are on both
     * sides in another order are told once.
     */
    static List<String> differences(List<Frame> then, List<Frame> now) {
        Map<String, Queue<Integer>> places = new HashMap<>();
        for (int i = 0; i < now.size(); i++) {
            places.computeIfAbsent(now.get(i).structure(), ignored -> new ArrayDeque<>()).add(i);
        }
        boolean[] found = new boolean[now.size()];
        List<Frame> missing = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        int last = -1;
        int overtaken = 0;
        for (Frame each : then) {
            Queue<Integer> same = places.get(each.structure());
            Integer place = same == null ? null : same.poll();
            if (place == null) {
                missing.add(each);
                continue;
            }
            found[place] = true;
            overtaken += place < last ? 1 : 0;
            last = Math.max(last, place);
        }
        List<Frame> extra = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                extra.add(now.get(i));
            }
        }
        for (Frame each : missing) {
            Frame other = about(each, extra);
            if (other == null) {
                lines.add("missing: " + FrameLine.what(each));
            } else {
                extra.remove(other);
                lines.add("changed: " + FrameLine.what(each) + "  to: " + FrameLine.what(other));
            }
        }
        extra.forEach(each -> lines.add("new: " + FrameLine.what(each)));
        if (overtaken > 0) {
            lines.add("order: " + overtaken + " of the frames came earlier, relative to the others, than they did");
        }
        return lines;
    }

    private static @Nullable Frame about(Frame frame, List<Frame> others) {
        for (Frame each : others) {
            if (!frame.id().isEmpty() && each.id().equals(frame.id()) && each.wire().equals(frame.wire())) {
                return each;
            }
        }
        return null;
    }
}
