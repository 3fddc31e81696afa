package org.example.notes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesMainTest {
    @TempDir
    private Path folder;

    @Test
    void what_is_written_is_read_again() throws IOException {
        Path file = folder.resolve("notes");
        NotesMain.write(file, FixturesConstants.SHOPPING);
        NotesMain.add(file, "Walk", "the dog");
        assertEquals("""
                Shopping: bread #today #home
                Call: Charles
                Walk: the dog
                """, NotesMain.list(NotesMain.read(file)));
        assertEquals("Ada", NotesMain.read(file).getOwner());
    }

    @Test
    void a_new_file_begins_with_one_note() throws IOException {
        Path file = folder.resolve("notes");
        NotesMain.main(new String[] {file.toString(), "Walk", "the dog"});
        assertEquals("Walk: the dog\n", NotesMain.list(NotesMain.read(file)));
    }
}
