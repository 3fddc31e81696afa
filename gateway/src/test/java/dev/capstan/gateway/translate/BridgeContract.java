package dev.capstan.gateway.translate;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Format;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.testkit.CapContract;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The capability contract through two gateways back to back: an object of Cap'n Proto is one of Cap'n Web between them and one of Cap'n Proto again for its caller, so everything is translated
 * twice, in both directions. A subclass tells how the three are connected.
 *
 * @param <D> what drives the loop
 */
abstract class BridgeContract<D> extends CapContract {
    static final Schemas SCHEMAS = Schemas.in("src/test/capnp/exchange.capnp");

    static final InterfaceSchema OBJECT = SCHEMAS.type("Object");
    static final InterfaceSchema EXCHANGE = SCHEMAS.type("Exchange");
    private static final StructSchema NOTE = SCHEMAS.struct("Note");

    final D driver;
    private final Loop loop;
    final Bridge near;
    final Bridge distant;

    /** Everything is on the loop of {@code driver}. */
    BridgeContract(D driver, Function<D, Loop> loopOf) {
        this.driver = driver;
        this.loop = loopOf.apply(driver);
        this.near = new Bridge(loop, Limits.DEFAULT);
        this.distant = new Bridge(loop, Limits.DEFAULT);
    }

    @Override
    protected Loop loop() {
        return loop;
    }

    /** What the caller gets of an object that was served. */
    @Override
    protected Cap reach(Target target) {
        return near.toCapnp(OBJECT, distant.toWeb(OBJECT, new LocalCap(loop, target)));
    }

    @Override
    protected List<String> leftovers() {
        List<String> left = new ArrayList<>();
        if (near.size() + distant.size() > 0) {
            left.add(near.size() + " objects have crossed the nearer gateway, " + distant.size() + " the other");
        }
        return left;
    }

    // ---- the vocabulary

    @Override
    protected Format format() {
        return CapnpFormat.INSTANCE;
    }

    @Override
    protected Method method(int number) {
        return new Method.Ordinal(OBJECT.id(), number);
    }

    @Override
    protected void write(Payload into, long number, String text, List<Cap> caps) {
        DynamicStruct.Builder note = CapnpPayload.of(into).builder().init(NOTE.structType());
        note.set("number", number);
        note.set("text", text);
        for (int i = 0; i < caps.size(); i++) {
            try (Cap cap = caps.get(i)) {
                note.set("c" + i, cap);
            }
        }
    }

    private static DynamicStruct.Reader note(Payload from) {
        return CapnpPayload.of(from).reader().as(NOTE.structType());
    }

    @Override
    protected long number(Payload from) {
        return note(from).get("number").asLong();
    }

    @Override
    protected String text(Payload from) {
        return note(from).get("text").asText();
    }

    @Override
    protected Path path(int index) {
        return new Path.Pointers(1 + index);
    }
}
