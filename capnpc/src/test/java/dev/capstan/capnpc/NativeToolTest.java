package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnpc.golden.lists.Lists;
import dev.capstan.capnpc.golden.lists.Suit;
import dev.capstan.capnpc.golden.shapes.Color;
import dev.capstan.capnpc.golden.shapes.Shape;
import dev.capstan.testkit.ForeignPeer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What generated code writes, the native tool reads, and the other way round. */
@ForeignPeer
class NativeToolTest {
    private static byte[] tool(String command, String schema, String type, byte[] input) throws Exception {
        assumeTrue(SchemaSet.compilerIsThere(), SchemaSet.NO_COMPILER);
        Process tool = new ProcessBuilder(
                        "capnp",
                        command,
                        "--no-standard-import",
                        "-Icapnp/src/main/capnp",
                        "capnpc/src/test/capnp/golden/" + schema,
                        type)
                .directory(SchemaSet.ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = tool.getOutputStream()) {
            out.write(input);
        }
        byte[] output = tool.getInputStream().readAllBytes();
        assertEquals(0, tool.waitFor());
        return output;
    }

    private static <R extends StructReader> R encoded(String schema, String type, StructType<?, R> java, String text)
            throws Exception {
        byte[] frame = tool("encode", schema, type, text.getBytes(StandardCharsets.UTF_8));
        return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(java);
    }

    private static String decoded(String schema, String type, MessageBuilder message) throws Exception {
        return new String(tool("decode", schema, type, message.toByteArray()), StandardCharsets.UTF_8)
                .replaceAll("\\s+", " ");
    }

    @Test
    void a_struct_that_the_tool_wrote_is_read() throws Exception {
        Shape.Reader shape = encoded(
                "shapes.capnp",
                "Shape",
                Shape.TYPE,
                "(name = \"n\", visible = false, layer = 200, priority = 3, id = 18446744073709551615, parent = (name = \"p\"),"
                        + " color = deepBlue, style = (width = -0.5, dashed = true), path = [(x = 1), (y = 2)], fill = (solid = green))");
        assertEquals("n", shape.getName());
        assertEquals(200, shape.getLayer());
        assertEquals(3, shape.getPriority());
        assertEquals(-1, shape.getId());
        assertEquals("p", shape.getParent().getName());
        assertEquals(Color.DEEP_BLUE, shape.getColor());
        assertEquals(-0.5F, shape.getStyle().getWidth());
        assertTrue(shape.getStyle().getDashed());
        assertEquals(2, shape.getPath().get(1).getY());
        assertEquals(Color.GREEN, shape.getFill().getSolid());
        assertEquals(1, shape.getOrigin().getX());
    }

    @Test
    void a_struct_that_was_built_is_read_by_the_tool() throws Exception {
        MessageBuilder message = new MessageBuilder();
        Shape.Builder shape = message.initRoot(Shape.TYPE);
        shape.setName("n");
        shape.setLayer(200);
        shape.setColor(Color.DEEP_BLUE);
        shape.initStyle().setWidth(-0.5F);
        shape.initCircle().setRadius(1.25);
        shape.getFill().setSolid(Color.RED);
        String text = decoded("shapes.capnp", "Shape", message);
        for (String part : List.of(
                "name = \"n\"",
                "visible = true",
                "layer = 200",
                "priority = -3",
                "color = deepBlue",
                "width = -0.5",
                "radius = 1.25",
                "solid = red")) {
            assertTrue(text.contains(part), part + " in " + text);
        }
    }

    @Test
    void lists_go_both_ways() throws Exception {
        String text =
                "(voids = [void, void], bools = [true, false, true], int8s = [-128], uint32s = [4294967295], float64s = [1.5],"
                        + " texts = [\"a\", \"\"], datas = [0x\"00ff\"], suits = [hearts], structs = [(texts = [\"x\"]), (int16s = [7])],"
                        + " matrix = [[1, 2], [], [3]], suitsOfHands = [[clubs], [hearts]])";
        Lists.Reader lists = encoded("lists.capnp", "Lists", Lists.TYPE, text);
        assertEquals(2, lists.getVoids().size());
        assertEquals(List.of(true, false, true), lists.getBools());
        assertEquals(List.of("a", ""), lists.getTexts());
        assertEquals(List.of(Suit.HEARTS), lists.getSuits());
        assertEquals(List.of(List.of(1, 2), List.of(), List.of(3)), lists.getMatrix());
        assertEquals("x", lists.getStructs().get(0).getTexts().get(0));
        assertEquals((short) 7, lists.getStructs().get(1).getInt16s().at(0));

        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(lists);
        Lists.Reader again = encoded("lists.capnp", "Lists", Lists.TYPE, decoded("lists.capnp", "Lists", copy));
        assertEquals(lists.totalSizeWords(), again.totalSizeWords());
        assertEquals(lists.getMatrix(), again.getMatrix());
        assertEquals(lists.getDatas(), again.getDatas());
        assertEquals(lists.getUint32s(), again.getUint32s());
    }
}
