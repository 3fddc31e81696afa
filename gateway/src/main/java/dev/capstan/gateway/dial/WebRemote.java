package dev.capstan.gateway.dial;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnweb.Limits;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import dev.capstan.gateway.options.LoadedSchema;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A Cap'n Web server: a session, or one for each batch. */
final class WebRemote implements Remote {
    private final Loop loop;
    private final Supplier<WebPeer> peers;
    private final boolean isBatch;
    private final @Nullable LoadedSchema schema;
    private final @Nullable InterfaceSchema main;
    private final Patience patience;
    private final Supplier<Iterator<String>> input;
    private final Tally tally = new Tally();
    private final WebJson json;
    private final List<WebPeer> opened = new ArrayList<>();
    /** Streams of what is typed, which calls that were made are reading. */
    private final List<Writable> typing = new ArrayList<>();

    /**
     * @param peers one session, which this closes, each time the same unless {@code isBatch}
     * @param schema of the main object, if it is known: the wire does not tell it
     * @param input what is typed, JSON texts
     */
    WebRemote(
            Loop loop,
            Supplier<WebPeer> peers,
            boolean isBatch,
            @Nullable LoadedSchema schema,
            @Nullable InterfaceSchema main,
            Patience patience,
            Supplier<Iterator<String>> input,
            Consumer<String> said) {
        this.loop = loop;
        this.peers = peers;
        this.isBatch = isBatch;
        this.schema = schema;
        this.main = main;
        this.patience = patience;
        this.input = input;
        this.json = new WebJson(loop, said, this::typed);
    }

    private Readable typed() {
        Writable.Pair pair = Writable.pipe(loop);
        typing.add(pair.writable());
        return pair.readable();
    }

    /** Writes what is typed to whoever was promised it; when that does not read any more, its call tells why. */
    void type() throws InputException {
        for (Writable each : List.copyOf(typing)) {
            typing.remove(each);
            try {
                typeTo(each);
            } catch (Failure e) {
                return;
            }
        }
    }

    /** Writes what is typed to {@code stream}, and ends it. Takes ownership. */
    void typeTo(Writable stream) throws InputException {
        try (stream) {
            Iterator<String> texts = input.get();
            while (texts.hasNext()) {
                Object chunk = json.argument(Literal.parse(texts.next()));
                patience.await(stream.write(chunk));
            }
            patience.await(stream.end());
        }
    }

    /** A session; the same again unless it is one for each batch. */
    WebPeer peer() {
        if (isBatch || opened.isEmpty()) {
            opened.forEach(WebPeer::close);
            opened.clear();
            opened.add(peers.get());
        }
        return opened.getFirst();
    }

    /** A session for one batch, which ends by itself. */
    WebPeer fresh() {
        return peers.get();
    }

    boolean isBatch() {
        return isBatch;
    }

    @Override
    public Ref root() {
        return new WebRef(this, Stub.of(loop, peer().main()));
    }

    @Override
    public List<String> list() throws InputException {
        return CapnpText.outline(known());
    }

    private InterfaceSchema known() throws InputException {
        if (main == null) {
            throw new InputException(
                    "A Cap'n Web server does not tell what it has: there are no schemas on the wire, and every name may be"
                            + " called. If it serves a Cap'n Proto interface, name its schema: --schema FILE. Else look at its TypeScript or Java interface.");
        }
        return main;
    }

    @Override
    public void check() {
        patience.await(loop.fetch(this::ping));
    }

    @Override
    public Promise<Void> ping() {
        Stub object = Stub.of(loop, (isBatch ? fresh() : peer()).main());
        // Whatever the server says to a property that nobody has is an answer.
        return object.get("$ping")
                .value()
                .<Void>convert(value -> Promise.nothing())
                .recover(failure -> Failure.of(failure).kind() == Failure.Kind.DISCONNECTED
                        ? Promise.failed(failure)
                        : Promise.done())
                .attach(object);
    }

    @Override
    public String greeting() {
        return "Cap'n Web: the server answers " + (isBatch ? "a batch" : "in a session");
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public String limits() {
        Limits own = Limits.DEFAULT;
        return "at most " + own + " here; the server does not tell its own limits";
    }

    @Override
    public List<String> members(@Nullable Ref start, List<CallPath.Step> steps) {
        return SchemaWalk.members(start == null ? main : null, steps);
    }

    @Override
    public SequencedMap<String, Integer> tables() {
        WebPeer.Tables now = loop.fetch(() -> Promise.of(peer().tables())).await();
        SequencedMap<String, Integer> tables = new LinkedHashMap<>();
        tables.put("calls", now.calls());
        tables.put("imports", now.imports());
        tables.put("exports", now.exports());
        return tables;
    }

    @Override
    public String describe(String name) throws InputException {
        known();
        if (schema == null) {
            throw new IllegalStateException("an interface without its schema");
        }
        return CapnpText.definition(schema.declaration(name));
    }

    WebJson json() {
        return json;
    }

    Patience patience() {
        return patience;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        typing.forEach(Writable::close);
        opened.forEach(WebPeer::close);
    }
}
