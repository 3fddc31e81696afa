package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.SimLoop;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.PointerList;
import dev.capstan.capnp.StructList;
import dev.capstan.capnpc.golden.lists.Listener;
import dev.capstan.capnpc.golden.lists.Lists;
import dev.capstan.capnpc.golden.lists.Suit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generated lists of every kind at run time. */
class GeneratedListsTest {
    private final MessageBuilder message = new MessageBuilder();
    private final Lists.Builder lists = message.initRoot(Lists.TYPE);

    private Lists.Reader sent() {
        byte[] frame = message.toByteArray();
        MessageReader reader = MessageReader.of(frame, 0, frame.length, Limits.DEFAULT);
        reader.capTable(message.capTable());
        return reader.root(Lists.TYPE);
    }

    @Test
    void lists_of_scalars() {
        lists.initVoids(3);
        lists.initBools(2).set(1, true);
        lists.initInt8s(1).set(0, Byte.MIN_VALUE);
        lists.initInt16s(1).set(0, Short.MIN_VALUE);
        lists.initInt32s(1).set(0, Integer.MIN_VALUE);
        lists.initInt64s(1).set(0, Long.MIN_VALUE);
        lists.initUint8s(1).set(0, 255);
        lists.initUint16s(1).set(0, 65_535);
        lists.initUint32s(1).set(0, 0xffff_ffffL);
        lists.initUint64s(1).set(0, -1L);
        lists.initFloat32s(1).set(0, Float.MIN_VALUE);
        lists.initFloat64s(1).set(0, Double.MAX_VALUE);
        Lists.Reader reader = sent();
        assertEquals(3, reader.getVoids().size());
        assertEquals(List.of(false, true), reader.getBools());
        assertEquals(Byte.MIN_VALUE, reader.getInt8s().at(0));
        assertEquals(Short.MIN_VALUE, reader.getInt16s().at(0));
        assertEquals(List.of(Integer.MIN_VALUE), reader.getInt32s());
        assertEquals(List.of(Long.MIN_VALUE), reader.getInt64s());
        assertEquals(255, reader.getUint8s().at(0));
        assertEquals(65_535, reader.getUint16s().at(0));
        assertEquals(0xffff_ffffL, reader.getUint32s().at(0));
        assertEquals(-1L, reader.getUint64s().at(0));
        assertEquals(Float.MIN_VALUE, reader.getFloat32s().at(0));
        assertEquals(Double.MAX_VALUE, reader.getFloat64s().at(0));
    }

    @Test
    void lists_of_text_data_and_enums() {
        PointerList.Builder<String, String> texts = lists.initTexts(2);
        texts.setCopy(0, "a");
        texts.setCopy(1, "b");
        lists.initDatas(1).setCopy(0, Data.of((byte) 7));
        lists.initSuits(2).set(1, Suit.HEARTS);
        lists.getSuits().setRaw(0, 77);
        assertEquals(List.of("a", "b"), sent().getTexts());
        assertEquals(List.of(Data.of((byte) 7)), sent().getDatas());
        assertEquals(List.of(Suit.UNRECOGNIZED, Suit.HEARTS), sent().getSuits());
        assertEquals(77, sent().getSuits().raw(0));
    }

    @Test
    void lists_of_structs_and_of_lists() {
        StructList.Builder<Lists.Builder> structs = lists.initStructs(2);
        structs.get(1).initTexts(1).setCopy(0, "inner");
        lists.initMatrix(2).init(1, 3).set(2, 9);
        lists.initSuitsOfHands(1).init(0, 1).set(0, Suit.HEARTS);
        lists.initTextsOfStructs(1).init(0, 2).get(1).initTexts(1).setCopy(0, "deep");
        Lists.Reader reader = sent();
        assertEquals("inner", reader.getStructs().get(1).getTexts().get(0));
        assertEquals(List.of(List.of(), List.of(0, 0, 9)), reader.getMatrix());
        assertEquals(List.of(List.of(Suit.HEARTS)), reader.getSuitsOfHands());
        assertEquals("deep", reader.getTextsOfStructs().get(0).get(1).getTexts().get(0));
    }

    @Test
    void lists_of_interfaces_and_capabilities() {
        SimLoop sim = new SimLoop();
        try (Listener.Client listener = Listener.TYPE.serve(sim.loop(), new Listener.Server() {})) {
            lists.initListeners(2).setCopy(1, listener);
            lists.initCapabilities(1).setCopy(0, listener.cap());
            try (Listener.Client read = sent().getListeners().get(1)) {
                assertEquals(listener.cap().innermost(), read.cap().innermost());
            }
            try (var read = sent().getCapabilities().get(0)) {
                assertEquals(listener.cap().innermost(), read.innermost());
            }
        }
        message.capTable().close();
    }

    @Test
    void default_values() {
        Lists.Reader reader = sent();
        assertFalse(reader.hasPrimes());
        assertEquals(List.of(2, 3, 5, 7), reader.getPrimes());
        assertEquals(List.of("ann", "bob"), reader.getNames());
        assertEquals(List.of(Suit.HEARTS, Suit.CLUBS), reader.getHand());
        assertEquals("x", reader.getDefaults().get(0).getTexts().get(0));
        lists.getPrimes().set(0, 11);
        assertEquals(List.of(11, 3, 5, 7), sent().getPrimes());
        lists.initPrimes(0);
        assertEquals(List.of(), sent().getPrimes());
        lists.setNames(lists.asReader().getTexts());
        assertEquals(List.of(), sent().getNames());
    }
}
