package dev.capstan.examples.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessagesTest {
    @Test
    void a_message_is_read_from_its_file_as_text_as_json_and_by_name(@TempDir Path folder) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Messages.main(new String[] {folder.resolve("note.bin").toString()});
        } finally {
            System.setOut(before);
        }
        assertEquals(
                List.of(
                        "(text = \"Read the README\", urgency = high, tags = [\"docs\", \"today\"], due = (day = 25))",
                        "{\"text\":\"Read the README\",\"urgency\":\"high\",\"tags\":[\"docs\",\"today\"],\"due\":{\"day\":25}}",
                        "[\"docs\", \"today\"]"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
