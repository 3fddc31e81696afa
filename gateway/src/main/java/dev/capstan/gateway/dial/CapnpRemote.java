package dev.capstan.gateway.dial;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.dynamic.DynamicCapability;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.rpc.Limits;
import dev.capstan.capnp.rpc.Peer;
import dev.capstan.capnp.rpc.Vat;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Cap'n Proto server. Without its schema it can be reached, and no more. */
public final class CapnpRemote implements Remote {
    private final Vat vat;
    private final Peer peer;
    private final @Nullable LoadedSchema schema;
    private final @Nullable InterfaceSchema bootstrap;
    private final Patience patience;
    private final Tally tally = new Tally();
    private final @Nullable CapnpJson json;

    /** Takes ownership of {@code vat}. {@code said} is told what is called on objects that stand for the output. */
    public CapnpRemote(
            Vat vat,
            Peer peer,
            @Nullable LoadedSchema schema,
            @Nullable InterfaceSchema bootstrap,
            Patience patience,
            Consumer<String> said) {
        this.vat = vat;
        this.peer = peer;
        this.schema = schema;
        this.bootstrap = bootstrap;
        this.patience = patience;
        this.json = bootstrap == null ? null : new CapnpJson(bootstrap, said);
    }

    @Override
    public Ref root() {
        return new CapnpRef(this, new DynamicCapability(known(bootstrap), peer.bootstrap()));
    }

    private static <T> T known(@Nullable T ofSchema) {
        if (ofSchema == null) {
            throw new ExitException(
                    ExitException.SCHEMA, "Cap'n Proto does not tell a server's schema. Name it: --schema FILE.");
        }
        return ofSchema;
    }

    CapnpJson json() {
        return known(json);
    }

    Patience patience() {
        return patience;
    }

    Peer peer() {
        return peer;
    }

    @Override
    public List<String> list() {
        return CapnpText.outline(known(bootstrap));
    }

    @Override
    public void check() {
        patience.await(loop().fetch(this::ping));
    }

    @Override
    public Promise<Void> ping() {
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
    }

    @Override
    public String greeting() {
        return "Cap'n Proto RPC: the server gives its bootstrap object";
    }

    @Override
    public List<String> warnings() {
        return schema == null
                ? List.of("no --schema was named: whether the bootstrap object is what you think is not checked")
                : List.of();
    }

    @Override
    public String limits() {
        Limits own = Limits.DEFAULT;
        return "a message may have " + (own.messageWords() >> 17) + " MiB here, and " + own.answers()
                + " calls may be open; the server does not tell its own limits";
    }

    @Override
    public List<String> members(@Nullable Ref start, List<CallPath.Step> steps) {
        return SchemaWalk.members(start == null ? bootstrap : start instanceof CapnpRef ref ? ref.type() : null, steps);
    }

    @Override
    public SequencedMap<String, Integer> tables() {
        Peer.Tables now = loop().fetch(() -> Promise.of(peer.tables())).await();
        SequencedMap<String, Integer> tables = new LinkedHashMap<>();
        tables.put("questions", now.questions());
        tables.put("answers", now.answers());
        tables.put("exports", now.exports());
        tables.put("imports", now.imports());
        tables.put("embargoes", now.embargoes());
        return tables;
    }

    @Override
    public String describe(String name) throws InputException {
        return CapnpText.definition(known(schema).declaration(name));
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
