package dev.capstan.examples.hello;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.MessageOutput;
import dev.capstan.capnp.json.JsonCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Messages in files, without anybody to call. */
// snippet messages
public final class Messages {
    static void write(Path file) throws IOException {
        MessageBuilder message = new MessageBuilder();
        Note.Builder note = message.initRoot(Note.TYPE);
        note.setText("Read the README");
        note.setUrgency(Urgency.HIGH);
        var tags = note.initTags(2);
        tags.set(0, "docs");
        tags.set(1, "today");
        note.getDue().setDay(25);
        try (var out = Files.newOutputStream(file)) {
            MessageOutput.packed(out).write(message);
        }
    }

    static void read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            MessageInput messages = MessageInput.packed(in, Limits.DEFAULT);
            for (var message = messages.next(); message != null; message = messages.next()) {
                Note.Reader note = message.root(Note.TYPE);
                System.out.println(note);
                System.out.println(JsonCodec.builder().build().encode(Note.TYPE, note));
                // Without generated classes; a loader can also get its schemas from a file or a compiler.
                var schema = new SchemaLoader().load(Note.TYPE);
                System.out.println(message.root(schema.structType()).get("tags"));
            }
        }
    }

    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]));
        read(Path.of(args[0]));
    }
}
// end snippet
