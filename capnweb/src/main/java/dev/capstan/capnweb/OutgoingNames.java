package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How objects and promises are named to the peer. Holds what the message that is being written introduces. */
final class OutgoingNames implements Outgoing {
    private final Session session;
    /** Promises that the message introduces: what they are can be told once it was sent. */
    private final List<Long> promises = new ArrayList<>(0);

    /** Streams that the message sends. */
    private final List<Sent> pipes = new ArrayList<>(0);

    private final List<Given> writables = new ArrayList<>(0);

    private long firstIntroduced;

    /** {@code stream} is read into the pipe {@code id}. */
    private record Sent(Readable stream, long id) {}

    /** {@code stream} is written through {@code end}. */
    private record Given(Writable stream, IncomingStream end) {}

    OutgoingNames(Session session) {
        this.session = session;
    }

    void begin() {
        promises.clear();
        pipes.clear();
        writables.clear();
        firstIntroduced = session.exports.nextIntroduced();
    }

    /** How many pipes have to be there before the message is. */
    int pipes() {
        return pipes.size();
    }

    /** What follows may be code of users, which sends messages in turn. */
    void sent() {
        if (promises.isEmpty() && pipes.isEmpty() && writables.isEmpty()) {
            return;
        }
        List<Long> introduced = List.copyOf(promises);
        List<Sent> streams = List.copyOf(pipes);
        promises.clear();
        pipes.clear();
        writables.clear();
        introduced.forEach(session.exports::tellWhenKnown);
        for (Sent pipe : streams) {
            new Pump(pipe.stream, new OutgoingStream(session, pipe.id, null))
                    .start()
                    .listen(session.loop, (done, failure) -> {});
        }
    }

    void notSent() {
        for (Given given : writables) {
            given.end.disown();
            given.stream.unclaim();
        }
        for (Sent pipe : pipes) {
            pipe.stream.unclaim();
        }
        session.questions.takeBackPipes(pipes.size());
        promises.clear();
        pipes.clear();
        writables.clear();
        session.exports.takeBack(firstIntroduced);
    }

    /** {@code ["pipeline", target, path, arguments]}, without what is empty at its end. */
    void pipeline(JsonWriter out, long target, Path.Names path, @Nullable List<?> arguments) {
        reference(out, "[\"pipeline\",", target, path, arguments);
    }

    /** The path as an array. */
    static void path(JsonWriter out, Path.Names path) {
        char before = '[';
        for (Object step : path.steps()) {
            out.raw(before);
            before = ',';
            if (step instanceof String name) {
                out.string(name);
            } else {
                out.number((Integer) step);
            }
        }
        out.raw(path.isEmpty() ? "[]" : "]");
    }

    /** {@code ["remap", target, path, captures, instructions]}. Borrows {@code program}. */
    void remap(JsonWriter out, long target, Path.Names path, MapProgram program) {
        path(out.raw("[\"remap\",").number(target).raw(','), path);
        char before = '[';
        out.raw(',');
        for (Cap capture : program.captures()) {
            capture(out.raw(before), capture.innermost());
            before = ',';
        }
        out.raw(before == '[' ? "[]," : "],");
        session.outbox.encoder().tree(program.instructions());
        out.raw(']');
    }

    private void capture(JsonWriter out, Cap cap) {
        if (cap instanceof RemoteCap known
                && known.session == session
                && known.place().isEmpty()) {
            known.named();
            out.raw("[\"import\",").number(known.id()).raw(']');
        } else {
            out.raw("[\"export\",").number(session.exports.introduce(cap)).raw(']');
        }
    }

    private void reference(JsonWriter out, String kind, long target, Path.Names path, @Nullable List<?> arguments) {
        out.raw(kind).number(target);
        if (!path.isEmpty() || arguments != null) {
            path(out.raw(','), path);
        }
        if (arguments != null) {
            Encoder encoder = session.outbox.encoder();
            char before = '[';
            out.raw(',');
            for (Object argument : arguments) {
                out.raw(before);
                before = ',';
                encoder.value(argument);
            }
            out.raw(arguments.isEmpty() ? "[]" : "]");
        }
        out.raw(']');
    }

    /**
     * An object, or what will be one: whoever receives it can call it at once. It is not told as a promise, for which the peer would wait before it
     * delivers what it is a part of, and whose failure would fail that as a whole.
     */
    @Override
    public void stub(JsonWriter out, Cap cap) {
        Cap inner = cap.innermost();
        switch (inner) {
            case PipelineCap place
            when place.session == session -> {
                place.named();
                reference(out, "[\"import\",", place.id(), place.place(), null);
            }
            case ImportCap known
            when known.session == session ->
                out.raw("[\"import\",").number(known.id()).raw(']');
            case PropertyCap property
            when property.object().innermost() instanceof RemoteCap remote && remote.session == session ->
                property(out, "[\"import\",", remote, property.place());
            case ValueCap plain -> session.outbox.encoder().within(plain.value());
            case BrokenCap broken when broken.isNull() -> out.raw("null");
            default ->
                out.raw("[\"export\",").number(session.exports.introduce(inner)).raw(']');
        }
    }

    private void property(JsonWriter out, String kind, RemoteCap object, Path.Names place) {
        object.named();
        reference(out, kind, object.id(), object.place().then(place), null);
    }

    /** A value that is not there yet: the peer waits for it. */
    @Override
    public void deferred(JsonWriter out, Deferred promise) {
        if (!(promise instanceof PromisedValue(Cap cap))) {
            throw WebException.of("This promise is none of a session.");
        }
        Cap inner = cap.innermost();
        switch (inner) {
            case PipelineCap place
            when place.session == session -> {
                place.named();
                pipeline(out, place.id(), place.place(), null);
            }
            case ImportCap known when known.session == session -> stub(out, inner);
            case PropertyCap property
            when property.object().innermost() instanceof RemoteCap remote && remote.session == session ->
                property(out, "[\"pipeline\",", remote, property.place());
            case ValueCap plain -> stub(out, plain);
            default -> {
                long id = session.exports.introduce(inner);
                promises.add(id);
                out.raw("[\"promise\",").number(id).raw(']');
            }
        }
    }

    /** Takes what is left of the stream, which is sent behind the message. */
    @Override
    public void readable(JsonWriter out, Readable stream) {
        checkLoop(stream.loop());
        checkRoom();
        if (!stream.claim()) {
            throw WebException.of("this stream was sent before, or is being read: a stream can be used once");
        }
        pipe(out, stream);
    }

    private void checkRoom() {
        int most = session.limits.streams().sending();
        if (session.pipes.size() + pipes.size() >= most) {
            throw Failure.overloaded("the peer is being sent " + most
                    + " streams and blobs already: let it read some, or raise Limits.Streams.sending");
        }
    }

    private void pipe(JsonWriter out, Readable claimed) {
        long id = session.questions.reservePipe();
        pipes.add(new Sent(claimed, id));
        out.raw("[\"readable\",").number(id).raw(']');
    }

    @Override
    public void writable(JsonWriter out, Writable stream) {
        checkLoop(stream.loop());
        ChunkSink sink = stream.claim();
        if (sink == null) {
            throw WebException.of("this stream was sent before, or was ended: a stream can be used once");
        }
        IncomingStream end = new IncomingStream(session, sink, () -> {});
        writables.add(new Given(stream, end));
        try (end) {
            out.raw("[\"writable\",").number(session.exports.introduce(end)).raw(']');
        }
    }

    @Override
    public void blob(JsonWriter out, Blob blob) {
        checkRoom();
        Readable content = new Readable(session.loop, new BytesSource(blob.content()));
        content.claim();
        out.raw("[\"blob\",").string(blob.type()).raw(',');
        pipe(out, content);
        out.raw(']');
    }

    @Override
    public JsError told(JsError error, @Nullable Throwable thrown) {
        return session.outbox.told.value(error, thrown);
    }

    private void checkLoop(Loop of) {
        if (!of.equals(session.loop)) {
            throw WebException.of("this stream is of another loop: read it there, and write a stream of this one");
        }
    }
}
