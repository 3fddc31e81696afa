package dev.capstan.capnp.dynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.capnp.dynamic.fixture.Annotated;
import dev.capstan.capnp.dynamic.fixture.DynamicNodes;
import dev.capstan.capnp.dynamic.fixture.Service;
import dev.capstan.capnp.dynamic.fixture.Shade;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import dev.capstan.capnp.testfixture.TestTailCallee;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Annotations and constants at run time. */
class AnnotationsTest {
    /** {@code allowCancellation} of c++.capnp, which has no Java of its own. */
    private static final long ALLOW_CANCELLATION = 0xac7096ff8cfc9dceL;

    private final SchemaLoader loader = new SchemaLoader();
    private final Schema file = loader.load(DynamicNodes.FILE);

    private Schema named(String name) {
        return loader.loaded().stream()
                .filter(s -> s.displayName().equals("dynamic.capnp:" + name))
                .findFirst()
                .orElseThrow();
    }

    private long id(String annotation) {
        return named(annotation).id();
    }

    @Test
    void every_kind_of_declaration_tells_its_annotations() {
        StructSchema struct = loader.load(Annotated.TYPE);
        assertEquals(new DynamicValue.Text("Struct"), struct.annotation(id("word")));
        assertEquals(new DynamicValue.UInt(65535), struct.field("field").annotation(id("rank")));
        assertNull(struct.field("field").annotation(id("word")));
        assertEquals(DynamicValue.Nothing.VOID, struct.field("plain").annotation(id("flag")));
        StructSchema group = (StructSchema) struct.field("nested").type();
        assertEquals(new DynamicValue.Text("Group"), struct.field("nested").annotation(id("word")));
        assertEquals(new DynamicValue.Text("Inner"), group.field("inner").annotation(id("word")));
        EnumSchema shade = loader.load(Shade.type());
        assertEquals(new DynamicValue.Text("hell"), shade.enumerant("light").annotation(id("word")));
        InterfaceSchema service = loader.load(Service.TYPE);
        assertEquals(new DynamicValue.Text("Interface"), service.annotation(id("word")));
        InterfaceSchema.Method call = service.method("call");
        assertEquals(new DynamicValue.Text("Method"), call.annotation(id("word")));
        assertEquals(
                new DynamicValue.Text("Param"), call.params().field("param").annotation(id("word")));
    }

    @Test
    void values_of_all_types_are_read() {
        StructSchema struct = loader.load(Annotated.TYPE);
        DynamicValue remark = struct.annotation(id("remark"));
        assertNotNull(remark);
        assertEquals("a remark", remark.asStruct().get("text").asText());
        assertEquals(7, remark.asStruct().get("number").asInt());
        DynamicValue words = struct.annotation(id("words"));
        assertNotNull(words);
        assertEquals(List.of(new DynamicValue.Text("one"), new DynamicValue.Text("two")), words.asList());
        DynamicValue shade = struct.field("field").annotation(id("shade"));
        assertNotNull(shade);
        assertEquals("dark", shade.asEnum().name());
    }

    @Test
    void a_value_that_needs_another_schema_needs_its_declaration() {
        SchemaLoader other = new SchemaLoader();
        Schema bare = other.load(named("Annotated").node());
        assertEquals(new DynamicValue.Text("Struct"), bare.annotation(id("word")));
        assertThrows(SchemaException.class, () -> bare.annotation(id("remark")));
        other.load(named("remark").node());
        assertNotNull(bare.annotation(id("remark")));
    }

    @Test
    void annotations_from_files_without_java_come_with_those_that_use_them() {
        SchemaLoader other = new SchemaLoader();
        InterfaceSchema callee = other.load(TestTailCallee.TYPE);
        assertEquals(DynamicValue.Nothing.VOID, callee.annotation(ALLOW_CANCELLATION));
        InterfaceSchema.Method method = other.load(TestMoreStuff.TYPE).method("neverReturn");
        assertEquals(DynamicValue.Nothing.VOID, method.annotation(ALLOW_CANCELLATION));
        assertNotNull(other.tryGet(ALLOW_CANCELLATION));
    }

    @Test
    void constants_have_values() {
        assertEquals(new DynamicValue.Int(42), constant("answer").value());
        assertEquals(new DynamicValue.UInt(-1), constant("big").value());
        assertEquals("[dark, light]", constant("list").value().toString());
        assertEquals(
                "constant",
                constant("remarkable").value().asStruct().get("text").asText());
        assertEquals("Cap'n", constant("name").value().asText());
        assertEquals(Type.Scalar.TEXT, constant("name").type());
        assertEquals("dynamic.capnp", file.displayName());
    }

    private ConstSchema constant(String name) {
        return (ConstSchema) named(name);
    }
}
