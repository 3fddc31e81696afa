package org.example.notes;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps notes in a file: {@code NotesMain FILE} lists them, {@code NotesMain FILE TITLE TEXT} adds one. */
public final class NotesMain {
    private NotesMain() {}

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        if (args.length == 3) {
            add(file, args[1], args[2]);
        }
        System.out.print(list(read(file)));
    }

    static void write(Path file, Notebook.Reader notebook) throws IOException {
        MessageBuilder message = new MessageBuilder();
        message.setRoot(notebook);
        Files.write(file, message.toByteArray());
    }

    static Notebook.Reader read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return MessageReader.of(bytes, 0, bytes.length, Limits.DEFAULT).root(Notebook.TYPE);
    }

    static void add(Path file, String title, String text) throws IOException {
        MessageBuilder message = new MessageBuilder();
        Notebook.Builder notebook = message.initRoot(Notebook.TYPE);
        int count = 0;
        if (Files.exists(file)) {
            Notebook.Reader old = read(file);
            count = old.getNotes().size();
            notebook.setOwner(old.getOwner());
            notebook.initNotes(count + 1);
            for (int i = 0; i < count; i++) {
                notebook.getNotes().setCopy(i, old.getNotes().get(i));
            }
        } else {
            notebook.initNotes(1);
        }
        Note.Builder note = notebook.getNotes().get(count);
        note.setTitle(title);
        note.setText(text);
        Files.write(file, message.toByteArray());
    }

    static String list(Notebook.Reader notebook) {
        StringBuilder lines = new StringBuilder();
        for (Note.Reader note : notebook.getNotes()) {
            lines.append(note.getTitle()).append(": ").append(note.getText());
            note.getTags().forEach(tag -> lines.append(" #").append(tag));
            lines.append('\n');
        }
        return lines.toString();
    }
}
