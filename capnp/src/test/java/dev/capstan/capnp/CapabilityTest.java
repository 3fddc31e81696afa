package dev.capstan.capnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import org.junit.jupiter.api.Test;

/** Capability pointers and the table beside the message; who owns which reference. */
class CapabilityTest {
    private static final StructType<Raw.Builder, Raw.Reader> PAIR = Raw.type(0, 2);

    private final MessageBuilder message = new MessageBuilder();
    private final TestCap cap = new TestCap();

    @Test
    void a_builder_takes_the_reference_it_is_given() {
        message.initRoot(PAIR)._setCap(0, cap);
        assertEquals(1, cap.held());
        message.capTable().close();
        assertEquals(0, cap.held());
    }

    @Test
    void a_value_set_through_its_type_is_shared() {
        message.initRoot(PAIR)._set(AnyPointer.CAPABILITY, 0, cap);
        assertEquals(2, cap.held());
        message.reset();
        assertEquals(1, cap.held());
    }

    @Test
    void what_is_read_is_a_reference_of_its_own() {
        Raw.Builder root = message.initRoot(PAIR);
        root._setCap(0, cap);
        Cap fromBuilder = root._cap(0);
        Cap fromReader = message.asReader().as(PAIR)._cap(0);
        Cap fromAny = message.asReader().pointerField(0).asCap();
        Cap fromAnyBuilder = root._any(0).asCap();
        assertEquals(5, cap.held());
        for (Cap each : new Cap[] {fromBuilder, fromReader, fromAny, fromAnyBuilder}) {
            assertTrue(cap.sameAs(each));
            each.close();
        }
        assertEquals(1, cap.held());
    }

    @Test
    void replacing_or_clearing_a_pointer_closes_its_capability_and_keeps_the_other_indexes() {
        TestCap other = new TestCap();
        Raw.Builder root = message.initRoot(PAIR);
        root._setCap(0, cap);
        root._setCap(1, other);
        root._setText(0, "no capability");
        assertEquals(0, cap.held());
        assertNull(message.capTable().get(0));
        assertTrue(other.sameAs(message.capTable().get(1)));
        message.root().clear();
        assertEquals(0, other.held());
        assertEquals(2, message.capTable().size());
    }

    @Test
    void a_pointer_can_be_set_to_its_own_capability_again() {
        Raw.Builder root = message.initRoot(PAIR);
        root._setCap(0, cap);
        root._setCap(0, root._cap(0));
        assertEquals(1, cap.held());
        root._any(0).set(message.asReader().pointerField(0));
        assertEquals(1, cap.held());
        assertTrue(cap.sameAs(message.capTable().get(2)));
    }

    @Test
    void a_pointer_that_leads_to_no_capability_reads_as_a_broken_one() {
        for (long pointer : new long[] {
            0,
            Pointer.capability(0),
            Pointer.capability(-1),
            Pointer.capability(5),
            Pointer.EMPTY_STRUCT,
            0x0000_0000_0000_0007L,
            Pointer.far(false, 0, 9),
            Pointer.list(100, 2, 7),
        }) {
            Cap broken = Words.root(pointer).asCap();
            assertInstanceOf(BrokenCap.class, broken);
            broken.share().close();
            broken.close();
        }
    }

    @Test
    void the_reasons_of_broken_capabilities_differ() {
        assertEquals("Called null capability.", Words.root(0).asCap().toString());
        assertEquals(
                "Calling capability extracted from a non-capability pointer.",
                Words.root(Pointer.EMPTY_STRUCT).asCap().toString());
        assertEquals(
                "Calling invalid capability pointer.",
                Words.root(Pointer.capability(3)).asCap().toString());
        Raw.Reader smaller = Words.root(Pointer.EMPTY_STRUCT).as(PAIR);
        assertEquals("Called null capability.", smaller._cap(1).toString());
    }

    @Test
    void a_table_may_have_holes_and_any_index_may_be_asked_for() {
        CapTable table = new CapTable();
        assertEquals(0, table.add(null));
        assertEquals(1, table.add(cap));
        assertEquals(2, table.size());
        assertNull(table.get(0));
        assertNull(table.get(2));
        assertNull(table.get(-1));
        assertNull(table.get(Integer.MIN_VALUE));
        table.drop(7);
        table.close();
        assertEquals(0, cap.held());
        assertEquals(0, table.size());
        table.close();
    }
}
