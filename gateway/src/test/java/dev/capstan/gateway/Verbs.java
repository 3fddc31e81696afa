package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The command, as a user types it, in this process. */
public final class Verbs {
    private final Path folder;
    private String out = "";
    private String err = "";

    public Verbs(Path folder) {
        this.folder = folder;
    }

    public int run(String typed, String... args) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        int code = Main.run(
                folder,
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(said, true, StandardCharsets.UTF_8),
                new PrintStream(told, true, StandardCharsets.UTF_8),
                args);
        out = said.toString(StandardCharsets.UTF_8);
        err = told.toString(StandardCharsets.UTF_8);
        return code;
    }

    public String out() {
        return out;
    }

    public String err() {
        return err;
    }

    /** What it says on its output, and nothing on the other. */
    String says(String... args) {
        return answers("", args);
    }

    public String answers(String typed, String... args) {
        assertEquals(0, run(typed, args), () -> err + out);
        assertEquals("", err);
        return out;
    }

    /** That it fails with that code, says nothing and tells why. */
    void fails(int code, String why, String... args) {
        assertEquals(code, run("", args), () -> err + out);
        assertTrue(err.contains(why), err);
        assertFalse(err.contains("\tat "), err);
        assertEquals("", out);
    }
}
