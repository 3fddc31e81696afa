package dev.capstan.capnpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.CallContext;
import dev.capstan.capnp.Int32List;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.PointerType;
import dev.capstan.capnp.StructList;
import dev.capstan.capnp.Text;
import dev.capstan.capnpc.golden.generics.Map;
import dev.capstan.capnpc.golden.generics.Store;
import dev.capstan.capnpc.golden.generics.TextStore;
import dev.capstan.capnpc.golden.generics.Uses;
import dev.capstan.capnpc.golden.shapes.Shape;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generated generic structs and interfaces at run time. */
class GeneratedGenericsTest {
    private final MessageBuilder message = new MessageBuilder();

    @Test
    void a_struct_holds_what_its_arguments_say() {
        Map.Builder<String, String, Shape.Builder, Shape.Reader> map =
                message.initRoot(Map.type(Text.TYPE, Shape.TYPE));
        StructList.Builder<Map.Entry.Builder<String, String, Shape.Builder, Shape.Reader>> entries = map.initEntries(1);
        entries.get(0).setKey("k");
        entries.get(0).initValue().setName("v");
        Map.Reader<String, String, Shape.Builder, Shape.Reader> reader = map.asReader();
        assertEquals("k", reader.getEntries().get(0).getKey());
        assertEquals("v", reader.getEntries().get(0).getValue().getName());
    }

    @Test
    void a_group_and_an_argument_turned_around() {
        var map = message.initRoot(Map.type(Text.TYPE, Int32List.TYPE));
        map.initSorted().setFirst("first");
        map.getSorted().initReverse().initEntries(1).get(0).initKey(2).set(1, 5);
        assertTrue(map.asReader().isSorted());
        assertEquals("first", map.asReader().getSorted().getFirst());
        assertEquals(
                List.of(0, 5),
                map.asReader().getSorted().getReverse().getEntries().get(0).getKey());
        map.initSorted();
        assertEquals("", map.asReader().getSorted().getFirst());
    }

    @Test
    void arguments_in_fields_defaults_and_unbound_parameters() {
        Uses.Builder uses = message.initRoot(Uses.TYPE);
        assertEquals("one", uses.asReader().getNumbers().getEntries().get(0).getKey());
        assertEquals(
                List.of(1), uses.asReader().getNumbers().getEntries().get(0).getValue());
        uses.initUnbound().initEntries(1).get(0).getKey().setAs(Text.TYPE, "any");
        AnyPointer.Reader key = uses.asReader().getUnbound().getEntries().get(0).getKey();
        assertEquals("any", key.as(Text.TYPE));
        uses.initTextToUse().initEntries(1).get(0).initValue().initEntry().setValue("deep");
        assertEquals(
                "deep",
                uses.asReader()
                        .getTextToUse()
                        .getEntries()
                        .get(0)
                        .getValue()
                        .getEntry()
                        .getValue());
    }

    /** Keeps values in messages; also answers calls whose type parameters it does not know. */
    private static class Values<B, R> implements Store.Server<B, R> {
        private final Store.Factory<B, R> type;
        private final PointerType<B, R> value;
        private final java.util.Map<String, MessageBuilder> values = new HashMap<>();

        Values(PointerType<B, R> value) {
            this.type = Store.type(value);
            this.value = value;
        }

        @Override
        public Store.Factory<B, R> storeType() {
            return type;
        }

        @Override
        public Promise<Void> put(CallContext<Store.PutParams.Reader<B, R>, Store.PutResults.Builder<B, R>> context) {
            MessageBuilder stored = new MessageBuilder();
            stored.root().setAs(value, context.params().getValue());
            MessageBuilder old = values.put(context.params().getKey(), stored);
            if (old != null) {
                context.results().setOld(old.asReader().as(value));
            }
            return Promise.done();
        }

        @Override
        public Promise<Void> get(CallContext<Store.GetParams.Reader<B, R>, Store.GetResults.Builder<B, R>> context) {
            MessageBuilder stored = values.get(context.params().getKey());
            if (stored != null) {
                context.results().setValue(stored.asReader().as(value));
            }
            context.results().setStore(type.serve(context.loop(), this));
            return Promise.done();
        }

        @Override
        public Promise<Void> convert(
                CallContext<
                                Store.ConvertParams.Reader<B, R, AnyPointer.Builder, AnyPointer.Reader>,
                                Map.Builder<B, R, AnyPointer.Builder, AnyPointer.Reader>>
                        context) {
            var entry = context.results().initEntries(1).get(0);
            entry.setKey(context.params().getValue());
            entry.setValue(context.params().getPrototype());
            return Promise.done();
        }
    }

    @Test
    void an_interface_carries_values_of_its_argument() {
        SimLoop sim = new SimLoop();
        try (var store = Store.type(Shape.TYPE).serve(sim.loop(), new Values<>(Shape.TYPE))) {
            sim.await(store.put(p -> {
                        p.setKey("a");
                        p.initValue().setName("first");
                    })
                    .map(r -> r.hasOld()));
            String old = sim.await(store.put(p -> {
                        p.setKey("a");
                        p.initValue().setName("second");
                    })
                    .map(r -> r.getOld().getName()));
            assertEquals("first", old);
        }
    }

    @Test
    void a_pipeline_knows_its_arguments() {
        SimLoop sim = new SimLoop();
        try (var store = Store.type(Text.TYPE).serve(sim.loop(), new Values<>(Text.TYPE))) {
            sim.await(store.put(p -> {
                        p.setKey("a");
                        p.setValue("text");
                    })
                    .map(r -> r.getOld()));
            try (var answer = store.get(p -> p.setKey("a"));
                    var same = answer.getStore()) {
                assertEquals("text", sim.await(same.get(p -> p.setKey("a")).map(r -> r.getValue())));
            }
        }
    }

    @Test
    void a_method_has_parameters_of_its_own() {
        SimLoop sim = new SimLoop();
        try (var store = Store.type(Text.TYPE).serve(sim.loop(), new Values<>(Text.TYPE))) {
            List<Integer> numbers = sim.await(store.convert(Int32List.TYPE, p -> {
                        p.setValue("key");
                        p.initPrototype(2).set(0, 8);
                    })
                    .map(r -> {
                        assertEquals("key", r.getEntries().get(0).getKey());
                        return List.copyOf(r.getEntries().get(0).getValue());
                    }));
            assertEquals(List.of(8, 0), numbers);
        }
    }

    /** Extends the bound interface, so that it need not say what the argument is. */
    private static final class Texts extends Values<String, String> implements TextStore.Server {
        Texts() {
            super(Text.TYPE);
        }

        @Override
        public Store.Factory<String, String> storeType() {
            return TextStore.Server.super.storeType();
        }

        @Override
        public Promise<Void> size(CallContext<TextStore.SizeParams.Reader, TextStore.SizeResults.Builder> context) {
            context.results().setSize(7);
            return Promise.done();
        }
    }

    @Test
    void an_interface_that_binds_its_parent_is_used_like_any_other() {
        SimLoop sim = new SimLoop();
        try (TextStore.Client texts = TextStore.TYPE.serve(sim.loop(), new Texts())) {
            long size = sim.await(texts.size().map(r -> r.getSize()));
            assertEquals(7, size);
            sim.await(texts.put(p -> {
                        p.setKey("k");
                        p.setValue("v");
                    })
                    .map(r -> r.getOld()));
            assertEquals("v", sim.await(texts.get(p -> p.setKey("k")).map(r -> r.getValue())));
        }
    }
}
