package dev.capstan.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.Schema;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.MessageOutput;
import dev.capstan.capnp.io.Packed;
import dev.capstan.capnp.testfixture.TestNodes;
import dev.capstan.capnpc.compile.Compilation;
import dev.capstan.capnpc.compile.Compiler;
import dev.capstan.capnpc.compile.SchemaGenerator;
import dev.capstan.capnpc.source.SourceFiles;
import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random messages written here and converted by {@code capnp convert} of the C++ implementation, each way: what it reads is what was written, and what it writes is
 * what was meant, byte for byte wherever the encoding leaves no choice. The tool reads many messages from one stream, so few processes do.
 */
@ForeignPeer
class ConvertComparisonTest {
    /** {@code -Dcapstan.messages=N}. */
    private static final int MESSAGES = Integer.getInteger("capstan.messages", 20_000);

    /** {@code -Dcapstan.seed=N}. */
    private static final long SEED = Long.getLong("capstan.seed", 20_261_121L);

    private static final int BATCH = 2_000;
    private static final int SCHEMAS_IN_A_BATCH = 10;
    private static final int OBJECTS = 30;

    @TempDir
    private Path scratch;

    @BeforeEach
    void the_tool_is_there() {
        String path = System.getenv("PATH");
        boolean isThere = path != null
                && Stream.of(path.split(File.pathSeparator, -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "capnp")));
        assumeTrue(isThere, "no capnp tool on the PATH; on Debian: apt-get install capnproto");
    }

    @Test
    void random_messages_survive_the_tool_in_every_binary_format() throws Exception {
        System.out.println("capnp convert: " + MESSAGES + " messages from -Dcapstan.seed=" + SEED);
        List<StructSchema> fixtures = structs(new SchemaLoader(), loader -> loader.load(TestNodes.FILE));
        long random = SEED;
        int done = 0;
        int schemas = fixtures.size();
        while (done < MESSAGES) {
            List<StructSchema> structs = new ArrayList<>(fixtures);
            for (int i = 0; i < SCHEMAS_IN_A_BATCH; i++) {
                List<StructSchema> more = randomSchema(random++);
                schemas += more.size();
                structs.addAll(more);
            }
            int count = Math.min(BATCH, MESSAGES - done);
            compare(batch(structs, count, random++));
            done += count;
        }
        System.out.println("capnp convert: " + done + " messages of " + schemas + " struct types are the same");
        assertEquals(MESSAGES, done);
    }

    private interface Load {
        void into(SchemaLoader loader);
    }

    private static List<StructSchema> structs(SchemaLoader loader, Load load) {
        load.into(loader);
        List<StructSchema> structs = new ArrayList<>();
        for (Schema schema : loader.loaded()) {
            if (schema instanceof StructSchema struct && !struct.isGroup()) {
                structs.add(struct);
            }
        }
        structs.sort(Comparator.comparingLong(Schema::id));
        return structs;
    }

    private static List<StructSchema> randomSchema(long seed) {
        byte[] text = SchemaGenerator.schema(seed).getBytes(StandardCharsets.UTF_8);
        Compilation compilation = new Compiler().compile(SourceFiles.of(Map.of("r.capnp", text)), List.of("r.capnp"));
        // Some have unions whose layout every compiler refuses.
        return compilation.succeeded()
                ? structs(new SchemaLoader(), loader -> loader.load(compilation.request()))
                : List.of();
    }

    private static List<MessageBuilder> batch(List<StructSchema> structs, int count, long seed) {
        List<MessageBuilder> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Random random = new Random(seed * 1_000_003 + i);
            // One segment, or several with far pointers between them.
            MessageBuilder message = new MessageBuilder(random.nextBoolean() ? 4096 : 1 + random.nextInt(40));
            StructSchema schema = structs.get(random.nextInt(structs.size()));
            DynamicStruct.Builder root = message.initRoot(schema.structType());
            new RandomContent(random, OBJECTS).fill(root);
            messages.add(message);
        }
        return messages;
    }

    private void compare(List<MessageBuilder> messages) throws Exception {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        ByteArrayOutputStream canonical = new ByteArrayOutputStream();
        ByteArrayOutputStream copies = new ByteArrayOutputStream();
        try (MessageOutput out = new MessageOutput(plain);
                MessageOutput packedOut = MessageOutput.packed(packed)) {
            for (MessageBuilder message : messages) {
                out.write(message);
                packedOut.write(message);
                canonical.writeBytes(message.asReader().canonical());
                copies.writeBytes(copy(message));
            }
        }
        assertArrayEquals(canonical.toByteArray(), convert("binary:canonical", plain.toByteArray()), "canonical form");

        byte[] theirs = convert("binary:binary", plain.toByteArray());
        assertSameContent(messages, MessageInputs.plain(theirs));
        assertArrayEquals(theirs, copies.toByteArray(), "a copy made here");
        assertArrayEquals(theirs, convert("packed:binary", packed.toByteArray()), "what we packed, unpacked");

        byte[] theirsPacked = convert("binary:packed", plain.toByteArray());
        assertArrayEquals(theirs, Packed.unpack(theirsPacked, 0, theirsPacked.length, theirs.length), "unpacked here");
        assertSameContent(messages, MessageInputs.packed(theirsPacked));
        assertPackedAlike(theirs, theirsPacked);

        byte[] segments = convert("binary:binary", plain.toByteArray(), "--segment-size=8");
        assertTrue(segments.length > theirs.length, "several segments take more room");
        assertSameContent(messages, MessageInputs.plain(segments));
    }

    /** In one segment, as the tool copies each message. */
    private static byte[] copy(MessageBuilder message) {
        MessageBuilder copy = new MessageBuilder((int) message.sizeWords() + 1);
        copy.root().set(message.asReader());
        return copy.toByteArray();
    }

    private interface MessageInputs {
        static MessageInput plain(byte[] bytes) {
            return new MessageInput(new ByteArrayInputStream(bytes), Limits.DEFAULT);
        }

        static MessageInput packed(byte[] bytes) {
            return MessageInput.packed(new ByteArrayInputStream(bytes), Limits.DEFAULT);
        }
    }

    private static void assertSameContent(List<MessageBuilder> expected, MessageInput in) throws Exception {
        try (in) {
            for (int i = 0; i < expected.size(); i++) {
                MessageReader message = in.next();
                assertNotNull(message, "message " + i);
                assertTrue(message.root().contentEquals(expected.get(i).asReader()), "message " + i);
            }
            assertNull(in.next());
        }
    }

    /** Both pack each message for itself, so the pieces are packed here as they are there. */
    private static void assertPackedAlike(byte[] plain, byte[] packed) {
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        int at = 0;
        while (at < plain.length) {
            int size = (int) MessageReader.frameBytes(plain, at, plain.length - at, Limits.DEFAULT);
            ours.writeBytes(Packed.pack(plain, at, size));
            at += size;
        }
        assertArrayEquals(packed, ours.toByteArray(), "packed here");
    }

    private byte[] convert(String formats, byte[] input, String... options) throws Exception {
        Path in = scratch.resolve("in");
        Path out = scratch.resolve("out");
        Path errors = scratch.resolve("errors");
        Files.write(in, input);
        List<String> command = new ArrayList<>(List.of("capnp", "convert", "--quiet", formats));
        command.addAll(2, List.of(options));
        int status = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        assertEquals(0, status, () -> formats + ": " + read(errors));
        return Files.readAllBytes(out);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
