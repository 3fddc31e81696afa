package dev.capstan.gateway;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import java.util.List;
import java.util.function.Consumer;

/** A Cap'n Proto server, whose schema is known. */
final class CapnpRemote implements Remote {
    private final Vat vat;
    private final Peer peer;
    private final LoadedSchema schema;
    private final InterfaceSchema bootstrap;
    private final Patience patience;
    private final Tally tally = new Tally();
    private final CapnpJson json;

    /** Takes ownership of {@code vat}. {@code said} is told what is called on objects that stand for the output. */
    CapnpRemote(
            Vat vat,
            Peer peer,
            LoadedSchema schema,
            InterfaceSchema bootstrap,
            Patience patience,
            Consumer<String> said) {
        this.vat = vat;
        this.peer = peer;
        this.schema = schema;
        this.bootstrap = bootstrap;
        this.patience = patience;
        this.json = new CapnpJson(bootstrap, said);
    }

    @Override
    public Ref root() {
        return new CapnpRef(this, new DynamicCapability(bootstrap, peer.bootstrap()));
    }

    CapnpJson json() {
        return json;
    }

    Patience patience() {
        return patience;
    }

    Peer peer() {
        return peer;
    }

    @Override
    public List<String> list() {
        return CapnpText.outline(bootstrap);
    }

    @Override
    public void check() {
        patience.await(loop().fetch(() -> {
            Cap object = peer.bootstrap();
            return object.settled()
                    .<Void>map(settled -> {
                        try (settled) {
                            if (settled.innermost() instanceof BrokenCap broken) {
                                throw broken.failure();
                            }
                            return Promise.nothing();
                        }
                    })
                    .attach(object);
        }));
    }

    @Override
    public String describe(String name) throws InputException {
        return CapnpText.definition(schema.declaration(name));
    }

    @Override
    public Loop loop() {
        return vat.loop();
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        vat.close();
    }
}
