package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as a difference when a capture is played again. */
class ComparisonTest {
    private static Frame frame(String kind, long id, String result) {
        return Frame.of("capnp", kind).id(id).result(result).done(0, 1, Direction.TO_CLIENT);
    }

    private static final Frame ONE = frame("return", 1, "");
    private static final Frame TWO = frame("return", 2, "");
    private static final Frame THREE = frame("return", 3, "");

    @Test
    void the_same_frames_are_the_same_whatever_they_hold_and_whenever_they_come() {
        Frame later = Frame.of("capnp", "return").id(1).text("else").bytes(5).done(99, 1, Direction.TO_CLIENT);
        assertEquals(List.of(), Comparison.differences(List.of(ONE, TWO), List.of(later, TWO)));
    }

    @Test
    void another_result_of_the_same_call_is_a_change() {
        assertEquals(
                List.of("changed: <- capnp return 2  to: <- capnp return 2 = failed"),
                Comparison.differences(List.of(ONE, TWO), List.of(ONE, frame("return", 2, "failed"))));
    }

    @Test
    void whether_a_call_ended_before_it_was_called_off_is_a_matter_of_time() {
        Frame calledOff = frame("return", 1, "canceled");
        assertEquals(List.of(), Comparison.differences(List.of(calledOff, TWO), List.of(ONE, TWO)));
        assertEquals(List.of(), Comparison.differences(List.of(ONE, TWO), List.of(TWO, calledOff)));
        assertEquals(
                List.of("missing: <- capnp return 1 = canceled"),
                Comparison.differences(List.of(calledOff, TWO), List.of(TWO)));
    }

    @Test
    void what_is_not_said_is_missing_and_what_was_not_said_is_new() {
        assertEquals(
                List.of("missing: <- capnp return 2", "new: <- capnp return 3"),
                Comparison.differences(List.of(ONE, TWO), List.of(ONE, THREE)));
    }

    @Test
    void another_order_is_told() {
        assertEquals(
                List.of("order: 1 of the frames came earlier, relative to the others, than they did"),
                Comparison.differences(List.of(ONE, TWO, THREE), List.of(TWO, ONE, THREE)));
    }

    @Test
    void more_than_anybody_reads_is_counted() {
        List<Frame> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            many.add(frame("return", i, ""));
        }
        List<String> lines = Comparison.differences(many, List.of());
        assertEquals(1_001, lines.size());
        assertEquals("and 500 more", lines.getLast());
    }
}
