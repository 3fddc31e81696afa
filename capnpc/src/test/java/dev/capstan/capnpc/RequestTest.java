package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.schema.CodeGeneratorRequest;
import dev.capstan.capnp.schema.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Requests that no compiler writes are refused with a text that says what is wrong, whatever is in them. */
class RequestTest {
    private final CodeGeneratorRequest.Builder request = copyOf(SchemaSet.GOLDEN);

    private static CodeGeneratorRequest.Builder copyOf(SchemaSet set) {
        MessageBuilder message = new MessageBuilder();
        message.setRoot(SchemaSet.parse(set.storedRequest()));
        return message.getRoot(CodeGeneratorRequest.TYPE);
    }

    private Node.Builder node(String name) {
        return request.getNodes().stream()
                .filter(n -> n.getDisplayName().endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    private String refusal() {
        return refusal(request);
    }

    private static String refusal(CodeGeneratorRequest.Builder request) {
        return String.valueOf(assertThrows(SchemaException.class, () -> JavaGenerator.generate(request.asReader()))
                .getMessage());
    }

    @Test
    void a_type_that_is_missing() {
        node("shapes.capnp:Color").setId(1);
        assertTrue(refusal().startsWith("The request refers to the type 0x"), refusal());
    }

    @Test
    void a_file_that_is_missing() {
        request.getRequestedFiles().get(0).setId(77);
        assertEquals("The request asks for the file 0x4d but does not hold it.", refusal());
    }

    @Test
    void a_package_that_java_does_not_take() {
        node("golden/shapes.capnp").getAnnotations().get(0).getValue().setText("a.int");
        assertEquals("golden/shapes.capnp: $Java.package(\"a.int\") is no name for a Java package.", refusal());
    }

    @Test
    void a_package_with_characters_that_java_ignores() {
        for (char c : new char[] {0, 7, 0x7f, 0xad, 0x200b, 0xfeff}) {
            node("golden/shapes.capnp").getAnnotations().get(0).getValue().setText("a" + c + "b");
            assertEquals(
                    "golden/shapes.capnp: $Java.package(\"a\\u%04xb\") is no name for a Java package."
                            .formatted((int) c),
                    refusal());
        }
    }

    @Test
    void an_annotation_with_a_name_that_java_does_not_take_or_that_is_taken() {
        CodeGeneratorRequest.Builder fixture = copyOf(SchemaSet.FIXTURE);
        Node.Builder struct = fixture.getNodes().stream()
                .filter(n -> n.getDisplayName().endsWith(":TestNameAnnotation"))
                .findFirst()
                .orElseThrow();
        for (String name : List.of("a b", "a.B", "with_underscore", "1st", "")) {
            struct.getAnnotations().get(0).getValue().setText(name);
            String text = refusal(fixture);
            assertTrue(text.startsWith("$Java.name(\"" + name + "\") of TestNameAnnotation is no name"), text);
        }
        struct.getAnnotations().get(0).getValue().setText("Renamed");
        JavaGenerator.generate(fixture.asReader());
        var field = struct.getStruct().getFields().stream()
                .filter(each -> each.getName().equals("badFieldName"))
                .findFirst()
                .orElseThrow();
        field.getAnnotations().get(0).getValue().setText("bar");
        assertTrue(refusal(fixture).contains("has two fields that are called \"bar\" in Java"), refusal(fixture));
    }

    @Test
    void a_name_that_would_lead_out_of_the_folder() {
        for (String name : List.of("A/../../B", "A.B", "A B", "Ä\u0000")) {
            node("golden/shapes.capnp").getNestedNodes().get(0).setName(name);
            assertTrue(refusal().contains("is no name for anything in Java"), refusal());
        }
    }

    @Test
    void a_field_whose_name_is_none() {
        node("shapes.capnp:ShapeV1").getStruct().getFields().get(0).setName("x; }");
        assertTrue(refusal().contains("is no name"), refusal());
    }

    @Test
    void an_interface_that_extends_itself() {
        Node.Builder store = node("generics.capnp:TextStore");
        store.getInterface().getSuperclasses().get(0).setId(store.getId());
        assertEquals(
                "generics.capnp:TextStore extends itself. Interfaces cannot inherit in a circle: take one out of the list behind 'extends'.",
                refusal());
    }

    @Test
    void a_struct_where_an_interface_belongs() {
        long id = node("generics.capnp:Map").getId();
        node("generics.capnp:TextStore").getInterface().getSuperclasses().get(0).setId(id);
        assertEquals("The request uses generics.capnp:Map as INTERFACE, but it is STRUCT.", refusal());
    }

    @Test
    void a_group_that_contains_itself() {
        Node.Builder style = node("shapes.capnp:Shape.style");
        style.getStruct().getFields().get(0).initGroup().setTypeId(style.getId());
        assertEquals("The request declares shapes.capnp:Shape.style twice.", refusal());
    }

    @Test
    void a_type_argument_that_does_not_live_behind_a_pointer() {
        node("generics.capnp:Uses")
                .getStruct()
                .getFields()
                .get(0)
                .getSlot()
                .getType()
                .getStruct()
                .getBrand()
                .getScopes()
                .get(0)
                .getBind()
                .get(0)
                .initType()
                .setInt32();
        assertTrue(refusal().contains("INT32 as a type argument"), refusal());
    }

    @Test
    void a_default_value_of_another_type() {
        node("shapes.capnp:Shape")
                .getStruct()
                .getFields()
                .get(0)
                .getSlot()
                .initDefaultValue()
                .setInt32(5);
        assertEquals("The request holds a value of kind INT32 for the type TEXT.", refusal());
    }

    @Test
    void two_files_that_declare_the_same_class() {
        node("golden/shapes.capnp").getAnnotations().get(0).getValue().setText("same");
        node("golden/lists.capnp").getAnnotations().get(0).getValue().setText("same");
        node("golden/lists.capnp").getNestedNodes().get(0).setName("Color");
        assertTrue(refusal().contains("both declare same/Color.java"), refusal());
        assertTrue(refusal().contains("$Java.package"), refusal());
    }

    @Test
    void mutated_requests_are_generated_or_refused_but_never_break_the_generator() {
        byte[] original = SchemaSet.GOLDEN.storedRequest();
        int words = original.length / 8 - 1;
        Random random = new Random(20_261_121);
        int refused = 0;
        int rounds = Boolean.getBoolean("capstan.quick") ? 120 : 600;
        for (int round = 0; round < rounds; round++) {
            byte[] mutated = Arrays.copyOf(original, original.length);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = 8 + 8 * random.nextInt(words);
                switch (random.nextInt(4)) {
                    case 0 -> mutated[at + random.nextInt(8)] = (byte) random.nextInt();
                    case 1 -> mutated[at + random.nextInt(8)] ^= (byte) (1 << random.nextInt(8));
                    case 2 -> System.arraycopy(original, 8 + 8 * random.nextInt(words), mutated, at, 8);
                    default -> Arrays.fill(mutated, at, at + 8, (byte) 0);
                }
            }
            try {
                SchemaSet.generate(mutated);
            } catch (SchemaException | MessageException e) {
                refused++;
            }
        }
        assertTrue(refused > rounds / 6, refused + " refused");
    }
}
