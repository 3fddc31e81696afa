package dev.capstan.capnp.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.dynamic.fixture.TestInterleavedGroups;
import dev.capstan.capnp.dynamic.fixture.TestLists;
import dev.capstan.capnp.dynamic.fixture.TestUnion;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.testkit.ForeignPeer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random messages as text and back, here and by the {@code capnp} command. {@code -Dcapstan.seed=N} gives others. */
class TextRoundTripTest {
    private static final int MESSAGES = Boolean.getBoolean("capstan.quick") ? 300 : 2_000;
    private static final long SEED = Long.getLong("capstan.seed", 20_240_607);
    private static final List<StructType<?, ?>> TYPES =
            List.of(TestAllTypes.TYPE, TestDefaults.TYPE, TestLists.TYPE, TestUnion.TYPE, TestInterleavedGroups.TYPE);

    @TempDir
    private Path folder;

    private static DynamicStruct.Builder random(StructSchema schema, long seed) {
        DynamicStruct.Builder root = new MessageBuilder().initRoot(schema.structType());
        new RandomContent(seed, false).fill(root, 2);
        return root;
    }

    @Test
    void random_messages_are_equal_after_they_were_text() {
        SchemaLoader loader = new SchemaLoader();
        for (int i = 0; i < MESSAGES; i++) {
            StructSchema schema = loader.load(TYPES.get(i % TYPES.size()));
            DynamicStruct.Reader root = random(schema, SEED + i).asReader();
            String text = i % 2 == 0 ? TextForm.compact(root) : TextForm.pretty(root);
            DynamicStruct.Builder copy = new MessageBuilder().initRoot(schema.structType());
            TextForm.parse(text, copy);
            int number = i;
            assertTrue(
                    root.contentEquals(copy.asReader()), () -> "message " + number + " of seed " + SEED + ": " + text);
        }
    }

    @ForeignPeer
    @Test
    void random_messages_are_written_and_read_as_by_the_capnp_command() throws IOException, InterruptedException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "capnp"))),
                "no capnp on the PATH; on Debian: apt-get install capnproto");
        StructSchema schema = new SchemaLoader().load(TestAllTypes.TYPE);
        List<DynamicStruct.Reader> roots = new ArrayList<>();
        ByteArrayOutputStream binary = new ByteArrayOutputStream();
        StringBuilder compact = new StringBuilder();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            MessageBuilder message = new MessageBuilder();
            DynamicStruct.Builder root = message.initRoot(schema.structType());
            new RandomContent(SEED + i, true).fill(root, 2);
            roots.add(root.asReader());
            binary.writeBytes(message.toByteArray());
            compact.append(TextForm.compact(root.asReader())).append('\n');
            texts.add(TextForm.pretty(root.asReader()));
        }
        assertSameLines(compact.toString(), convert("binary:text", binary.toByteArray(), "--short"));
        assertSameLines(String.join("\n", texts), convert("binary:text", binary.toByteArray()));
        // One message with all of them: the command (0.9.2) does not find the end of a text with escapes.
        String list = "(structList = [" + String.join(",\n", texts) + "])";
        byte[] theirs = convert("text:binary", list.getBytes(StandardCharsets.UTF_8));
        DynamicList.Reader read = MessageReader.of(theirs, 0, theirs.length, Limits.DEFAULT)
                .root(schema.structType())
                .get("structList")
                .asList();
        assertEquals(MESSAGES, read.size());
        for (int i = 0; i < MESSAGES; i++) {
            DynamicStruct.Reader expected = roots.get(i);
            DynamicStruct.Reader actual = read.get(i).asStruct();
            assertTrue(expected.contentEquals(actual), () -> expected + "\n" + actual);
        }
    }

    private static void assertSameLines(String ours, byte[] theirs) {
        List<String> expected =
                new String(theirs, StandardCharsets.UTF_8).lines().toList();
        List<String> actual = ours.lines().toList();
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            assertEquals(differingItem(expected.get(i), actual.get(i)), differingItem(actual.get(i), expected.get(i)));
        }
        assertEquals(expected.size(), actual.size());
        assertFalse(expected.isEmpty());
    }

    /** The first item of a line that another line does not have; nothing if they are equal. */
    private static String differingItem(String line, String other) {
        int at = 0;
        while (at < Math.min(line.length(), other.length()) && line.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at == line.length() && at == other.length()
                ? ""
                : line.substring(line.lastIndexOf(' ', at) + 1, Math.min(line.length(), at + 30));
    }

    private byte[] convert(String formats, byte[] input, String... options) throws IOException, InterruptedException {
        Path in = Files.write(folder.resolve("in"), input);
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(List.of("capnp", "convert", "--quiet"));
        command.addAll(List.of(options));
        command.addAll(List.of("-I", "src/main/capnp", formats, "src/test/capnp/test.capnp", "TestAllTypes"));
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals(0, process.waitFor());
        return Files.readAllBytes(out);
    }
}
