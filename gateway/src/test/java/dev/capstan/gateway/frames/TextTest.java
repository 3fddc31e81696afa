package dev.capstan.gateway.frames;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.capstan.gateway.watch.LogLines;
import java.lang.management.ManagementFactory;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Texts of strangers, on their way to a terminal or into JSON. */
class TextTest {
    private static final int LONG = 4 << 20;

    private static long allocated(Runnable work) {
        work.run();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void a_text_is_cut_before_it_is_escaped() {
        Decoding decoding = Decoding.plain();
        String text = "\u0001".repeat(LONG);
        assertEquals("\\u0001".repeat(33) + "\\u...", decoding.plain(text));
        long bytes = allocated(() -> decoding.plain(text));
        assertTrue(bytes < LONG, () -> bytes + " bytes were allocated");
    }

    @Test
    void a_header_is_cut_before_it_is_escaped() {
        Fields fields = new Fields();
        fields.add("x", "\u0001".repeat(LONG));
        long bytes = allocated(() -> fields.shown(Decoding.plain()));
        assertTrue(bytes < LONG, () -> bytes + " bytes were allocated");
    }

    @Test
    void a_text_that_is_not_cut_is_whole() {
        assertEquals(
                "whole",
                Decoding.plain()
                        .with(Limits.DEFAULT.withTexts(Integer.MAX_VALUE))
                        .plain("whole"));
        assertEquals("x".repeat(200), Decoding.plain().plain("x".repeat(200)));
        assertEquals("x".repeat(200) + "...", Decoding.plain().plain("x".repeat(201)));
        assertEquals("a\\nb\\u001b[2Jc\\u009b\\u202e", Decoding.plain().plain("a\nb\u001b[2Jc\u009b\u202e"));
    }

    @Test
    void json_is_one_line_without_anything_that_moves_a_terminal() {
        assertEquals(
                "\"q\\\" b\\\\ n\\n t\\t \\u001b[2J \\u007f \\u009b \\u2028 \\u202e \\ud800 \ud83d\ude00\"",
                Text.json("q\" b\\ n\n t\t \u001b[2J \u007f \u009b \u2028 \u202e \ud800 \ud83d\ude00"));
    }

    @Test
    void frames_and_the_log_write_texts_as_the_same_json() {
        String text = "q\" \\ \n \u001b[2J \u009b \udc00";
        LogRecord record = new LogRecord(Level.INFO, text);
        String frame = FrameLine.json(Frame.of("x", "y").text(text).done(0, 1, Direction.TO_SERVER));
        assertTrue(new LogLines().format(record).contains("\"message\":" + Text.json(text) + ","));
        assertTrue(frame.contains("\"text\":" + Text.json(text) + ","), frame);
    }
}
