package dev.capstan.capnp.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.dynamic.DynamicList;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.json.fixture.TestBatch;
import dev.capstan.testkit.ForeignPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The C++ command {@code capnp convert} and this codec make the same of each other's output. */
@ForeignPeer
class NativeToolTest {
    private static final int BATCHES = 4;
    private static final int PER_LIST = 50;
    private static final long SEED = Long.getLong("capstan.json.seed", 20261121);

    private final SchemaLoader loader = new SchemaLoader();
    private final StructSchema type = loader.load(TestBatch.TYPE);
    private final JsonCodec json =
            JsonCodec.builder(loader).annotations().pretty().build();

    @BeforeEach
    void wants_the_tool() throws InterruptedException {
        boolean isThere;
        try {
            isThere = new ProcessBuilder("capnp", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            isThere = false;
        }
        assumeTrue(isThere, "no capnp command on the PATH; on Debian: apt-get install capnproto");
    }

    @Test
    void the_texts_of_random_messages_are_equal_byte_by_byte_and_each_reads_the_others() throws Exception {
        for (int i = 0; i < BATCHES; i++) {
            MessageBuilder message = batch(SEED + i);
            String ours = json.encode(message.getRoot(type.structType()).asReader());
            String theirs = new String(convert("binary:json", message.toByteArray()), StandardCharsets.UTF_8);
            String why = "-Dcapstan.json.seed=" + (SEED + i);
            assertEquals(theirs.strip(), ours, why);

            byte[] read = convert("json:binary", ours.getBytes(StandardCharsets.UTF_8));
            MessageReader same = MessageReader.of(read, 0, read.length, Limits.DEFAULT);
            assertEquals(ours, json.encode(same.root(type.structType())), why);
            assertTrue(
                    MessageReader.of(read, 0, read.length, Limits.DEFAULT)
                            .root()
                            .contentEquals(message.asReader()),
                    why);
        }
    }

    private MessageBuilder batch(long seed) {
        MessageBuilder message = new MessageBuilder();
        DynamicStruct.Builder root = message.initRoot(type.structType());
        // C++ takes a null pointer in a union for an empty text or struct.
        RandomContent content = new RandomContent(new Random(seed), false);
        for (StructSchema.Field field : type.fields()) {
            DynamicList.Builder list = root.initList(field, PER_LIST);
            for (int i = 0; i < PER_LIST; i++) {
                content.fill(list.struct(i));
            }
        }
        return message;
    }

    private static byte[] convert(String formats, byte[] input) throws Exception {
        Path home = Path.of("").toAbsolutePath();
        Path standard = home.resolveSibling("capnp/src/main/capnp");
        assertTrue(Files.isDirectory(standard), standard.toString());
        Process tool = new ProcessBuilder(
                        "capnp",
                        "convert",
                        "--no-standard-import",
                        "-I" + standard,
                        formats,
                        home.resolve("src/test/capnp/json-test.capnp").toString(),
                        "TestBatch")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
            try (OutputStream in = tool.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        try (InputStream out = tool.getInputStream()) {
            byte[] output = out.readAllBytes();
            written.get(60, TimeUnit.SECONDS);
            assertEquals(0, tool.waitFor(), "capnp convert " + formats);
            return output;
        }
    }
}
