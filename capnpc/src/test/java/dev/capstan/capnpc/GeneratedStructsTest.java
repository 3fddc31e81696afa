package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.StructType;
import dev.capstan.capnpc.golden.shapes.Color;
import dev.capstan.capnpc.golden.shapes.NewColor;
import dev.capstan.capnpc.golden.shapes.Shape;
import dev.capstan.capnpc.golden.shapes.ShapeV1;
import dev.capstan.capnpc.golden.shapes.ShapeV2;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Generated structs at run time: what is set is read again, from the bytes that would be sent. */
class GeneratedStructsTest {
    private final MessageBuilder message = new MessageBuilder();
    private final Shape.Builder shape = message.initRoot(Shape.TYPE);

    private Shape.Reader sent() {
        return sent(Shape.TYPE);
    }

    private <R extends StructReader> R sent(StructType<?, R> type) {
        byte[] frame = message.toByteArray();
        return MessageReader.of(frame, 0, frame.length, Limits.DEFAULT).root(type);
    }

    @Nested
    class Defaults {
        @Test
        void fields_that_were_not_set_have_their_defaults() {
            Shape.Reader reader = sent();
            assertEquals("unnamed", reader.getName());
            assertTrue(reader.getVisible());
            assertEquals(7, reader.getLayer());
            assertEquals(-3, reader.getPriority());
            assertEquals(0, reader.getId());
            assertEquals(Color.BLUE, reader.getColor());
            assertEquals(2, reader.getColorRaw());
            assertEquals(1.5F, reader.getStyle().getWidth());
            assertEquals(1, reader.getOrigin().getX());
            assertEquals(-2, reader.getOrigin().getY());
            assertFalse(reader.hasName());
            assertFalse(reader.hasOrigin());
            assertEquals("unnamed", reader.getParent().getName());
        }

        @Test
        void a_message_of_zeros_is_one_of_defaults() {
            Shape.Builder zero = message.initRoot(Shape.TYPE);
            zero.setVisible(true);
            zero.setLayer(7);
            zero.setPriority((short) -3);
            zero.setColor(Color.BLUE);
            zero.getStyle().setWidth(1.5F);
            byte[] frame = message.toByteArray();
            for (int i = 16; i < frame.length; i++) {
                assertEquals(0, frame[i], "behind the frame's header and the root pointer, at " + i);
            }
        }

        @Test
        void a_builder_copies_a_default_before_it_is_changed() {
            shape.getOrigin().setX(10);
            assertEquals(10, sent().getOrigin().getX());
            assertEquals(-2, sent().getOrigin().getY());
            assertEquals(
                    1, new MessageBuilder().initRoot(Shape.TYPE).getOrigin().getX());
        }

        @Test
        void a_default_of_bytes_is_copied_before_it_is_changed() {
            shape.getFill().setImage(Data.of());
            assertEquals(0, sent().getFill().getImage().size());
            MessageBuilder other = new MessageBuilder();
            Shape.Fill.Builder fill = other.initRoot(Shape.TYPE).getFill();
            fill.initImage(1);
            assertEquals(1, fill.getImage().size());
        }
    }

    @Nested
    class Values {
        @Test
        void every_kind_of_field_can_be_set() {
            shape.setName("Zoë");
            shape.setVisible(false);
            shape.setLayer(255);
            shape.setPriority(Short.MIN_VALUE);
            shape.setId(0xffff_ffff_ffff_fffeL);
            shape.setColor(Color.GREEN);
            shape.initOrigin().setY(5);
            shape.initParent().initParent().setName("grandparent");
            Shape.Reader reader = sent();
            assertEquals("Zoë", reader.getName());
            assertFalse(reader.getVisible());
            assertEquals(255, reader.getLayer());
            assertEquals(Short.MIN_VALUE, reader.getPriority());
            assertEquals("18446744073709551614", Long.toUnsignedString(reader.getId()));
            assertEquals(Color.GREEN, reader.getColor());
            assertEquals(0, reader.getOrigin().getX());
            assertEquals(5, reader.getOrigin().getY());
            assertEquals("grandparent", reader.getParent().getParent().getName());
            assertTrue(reader.hasParent());
        }

        @Test
        void a_text_that_was_set_is_not_set_to_null_but_disowned_and_dropped_as_the_problem_says() {
            shape.setName("Zoë");
            NullPointerException problem = assertThrows(NullPointerException.class, () -> shape.setName(nothing()));
            assertTrue(String.valueOf(problem.getMessage()).contains("disownName().close()"), problem::toString);
            assertTrue(sent().hasName());
            shape.disownName().close();
            assertFalse(sent().hasName());
            assertEquals("unnamed", sent().getName());
        }

        @SuppressWarnings("NullAway") // what a caller does that is not checked for it
        private static String nothing() {
            return null;
        }

        @Test
        void unsigned_values_out_of_range_are_refused() {
            assertThrows(IllegalArgumentException.class, () -> shape.setLayer(256));
            assertThrows(IllegalArgumentException.class, () -> shape.setLayer(-1));
            assertThrows(IllegalArgumentException.class, () -> shape.setCount(1L << 32));
            shape.setCount(0xffff_ffffL);
            assertEquals(0xffff_ffffL, sent().getCount());
        }

        @Test
        void setting_a_struct_copies_it_and_its_reader_shows_later_changes() {
            Shape.Builder other = new MessageBuilder().initRoot(Shape.TYPE);
            other.setName("copied");
            shape.setParent(other.asReader());
            other.setName("changed");
            assertEquals("copied", sent().getParent().getName());
            assertEquals("changed", other.asReader().getName());
        }

        @Test
        void constants_are_there() {
            assertEquals(255, Shape.MAX_LAYERS);
        }
    }

    @Nested
    class Enums {
        @Test
        void numbers_without_a_name_are_unrecognized_and_not_lost() {
            shape.setColorRaw(999);
            assertEquals(Color.UNRECOGNIZED, sent().getColor());
            assertEquals(999, sent().getColorRaw());
            shape.setColorRaw(sent().getColorRaw());
            assertEquals(999, shape.getColorRaw());
        }

        @Test
        void unrecognized_cannot_be_written() {
            assertThrows(IllegalArgumentException.class, () -> shape.setColor(Color.UNRECOGNIZED));
            assertThrows(IllegalArgumentException.class, () -> shape.setColorRaw(0x1_0000));
        }

        @Test
        void numbers_are_those_of_the_schema_whatever_the_order_of_declaration() {
            assertEquals(3, Color.DEEP_BLUE.raw());
            assertEquals(2, Color.BLUE.raw());
            assertEquals(-1, Color.UNRECOGNIZED.raw());
            for (Color color : Color.values()) {
                assertEquals(color, Color.of(color.raw()));
            }
        }
    }

    @Nested
    class Unions {
        @Test
        void the_first_member_is_set_until_another_is() {
            assertEquals(Shape.Which.EMPTY, sent().which());
            shape.setCount(3);
            assertEquals(Shape.Which.COUNT, sent().which());
            assertTrue(sent().isCount());
            assertFalse(sent().isEmpty());
            shape.setEmpty();
            assertTrue(sent().isEmpty());
        }

        @Test
        void initializing_a_member_sets_it() {
            StructList.Builder<Shape.Point.Builder> path = shape.initPath(2);
            path.get(1).setX(4);
            assertEquals(Shape.Which.PATH, sent().which());
            assertTrue(sent().hasPath());
            assertEquals(4, sent().getPath().get(1).getX());
            shape.initCircle().setRadius(2);
            assertEquals(Shape.Which.CIRCLE, sent().which());
            assertFalse(sent().hasPath());
            assertEquals(2, sent().getCircle().getRadius());
        }

        @Test
        void asking_for_a_member_that_is_not_set_is_a_bug_that_assertions_find() {
            AssertionError error = assertThrows(AssertionError.class, () -> sent().getCount());
            assertEquals("asked for COUNT of a union that holds EMPTY", error.getMessage());
        }

        @Test
        void a_named_union_is_a_view_with_its_own_members() {
            shape.getFill().setSolid(Color.RED);
            assertTrue(sent().getFill().isSolid());
            assertEquals(Color.RED, sent().getFill().getSolid());
            shape.getFill().setImage(new byte[] {1, 2});
            assertEquals(Shape.Fill.Which.IMAGE, sent().getFill().which());
            assertArrayEquals(new byte[] {1, 2}, sent().getFill().getImage().toByteArray());
            shape.getFill().initAny().init(Shape.TYPE).setName("inside");
            assertEquals("inside", sent().getFill().getAny().as(Shape.TYPE).getName());
            assertEquals(Shape.Which.EMPTY, sent().which());
        }
    }

    @Nested
    class Groups {
        @Test
        void a_group_lies_in_its_struct() {
            shape.getStyle().setDashed(true);
            shape.getStyle().setNote("n");
            assertTrue(sent().getStyle().getDashed());
            assertEquals("n", sent().getStyle().getNote());
            assertEquals("n", shape.getStyle().asReader().getNote());
        }

        @Test
        void initializing_a_group_clears_it_and_nothing_else() {
            shape.setName("kept");
            shape.setVisible(false);
            shape.getStyle().setWidth(9);
            shape.getStyle().setDashed(true);
            shape.getStyle().setNote("gone");
            Shape.Style.Builder style = shape.initStyle();
            assertEquals(1.5F, style.getWidth());
            assertFalse(style.getDashed());
            assertFalse(style.hasNote());
            assertEquals("kept", sent().getName());
            assertFalse(sent().getVisible());
        }

        @Test
        void initializing_a_named_union_sets_its_first_member() {
            shape.getFill().setSolid(Color.GREEN);
            shape.initFill();
            assertTrue(sent().getFill().isNone());
        }
    }

    @Nested
    class Evolution {
        @Test
        void fields_that_the_sender_did_not_know_have_their_defaults() {
            message.initRoot(ShapeV1.TYPE).setName("old");
            ShapeV2.Reader reader = sent(ShapeV2.TYPE);
            assertEquals("old", reader.getName());
            assertEquals("added", reader.getAddedText());
            assertEquals(42, reader.getAddedNumber());
        }

        @Test
        void fields_that_the_receiver_does_not_know_survive_a_copy() {
            ShapeV2.Builder builder = message.initRoot(ShapeV2.TYPE);
            builder.setName("new");
            builder.setAddedText("kept");
            builder.setColor(NewColor.INFRARED);
            MessageBuilder copy = new MessageBuilder();
            copy.setRoot(sent(ShapeV1.TYPE));
            assertEquals("new", copy.getRoot(ShapeV1.TYPE).getName());
            assertEquals("kept", copy.getRoot(ShapeV2.TYPE).getAddedText());
            assertEquals(NewColor.INFRARED, copy.getRoot(ShapeV2.TYPE).getColor());
        }
    }
}
