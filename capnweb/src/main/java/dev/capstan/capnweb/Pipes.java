package dev.capstan.capnweb;

import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session: the pipes of the peer whose readable ends nothing has named yet, and what we write to the peer.
 *
 * <p>Invariant: {@code unreadBytes} and {@code blobBytes} are what all streams of the session together hold here for the peer, and each that counts up counts down by as
 * much. A pipe is in {@code unclaimed} from its message on until its readable end is fetched or its entry of {@link Exports} released.
 */
final class Pipes implements BytesReader.Allowance {
    private final Session session;
    private final Map<Long, Pipe> unclaimed = new HashMap<>();
    private final Set<OutgoingStream> outgoing = new LinkedHashSet<>();
    private long unreadBytes;
    private long blobBytes;

    Pipes(Session session) {
        this.session = session;
    }

    /** How many streams of ours the peer keeps an entry for. */
    int size() {
        return outgoing.size();
    }

    /** Whether nothing of the peer is held here. */
    boolean isQuiet() {
        return unclaimed.isEmpty() && unreadBytes == 0 && blobBytes == 0;
    }

    // ---- what the peer writes

    /** The peer begins a pipe under {@code id}. */
    void opened(long id, @Nullable Failure refusal) {
        if (refusal != null) {
            session.exports.pushed(id, new Exports.Pushed(new BrokenCap(refusal), null));
            return;
        }
        Pipe pipe = new Pipe(session.loop);
        unclaimed.put(id, pipe);
        session.exports.pushed(
                id, new Exports.Pushed(new IncomingStream(session, pipe, () -> unclaimed.remove(id)), null));
    }

    /** The readable end of the pipe {@code id}, once; the caller owns it. */
    Readable fetch(long id) {
        Pipe pipe = unclaimed.remove(id);
        if (pipe == null) {
            throw WebException.of("Export " + id + " is not a pipe or its readable end was already consumed.");
        }
        return new Readable(session.loop, pipe);
    }

    /** The message that names the readable end of the pipe {@code id} was refused. */
    void refuse(long id) {
        Pipe pipe = unclaimed.remove(id);
        if (pipe != null) {
            pipe.cancel(Failure.failed("The message with this stream was refused."));
        }
    }

    /** Takes a message that is to be answered under {@code answerId}, if it is one for a stream. */
    boolean streamed(long answerId, @Nullable Object expression, int bytes) {
        if (!(expression instanceof List<?> parts)
                || parts.size() != 4
                || !"pipeline".equals(parts.get(0))
                || !(parts.get(2) instanceof List<?> path)
                || path.size() != 1
                || !(path.getFirst() instanceof String name)
                || !(parts.get(3) instanceof List<?> arguments)) {
            return false;
        }
        IncomingStream.Kind kind = IncomingStream.Kind.of(name);
        Long id = Tree.integer(parts.get(1));
        if (kind == null || id == null || !(session.exports.find(id) instanceof IncomingStream stream)) {
            return false;
        }
        // As the only element of an array, which is how an array of expressions is written.
        stream.streamed(answerId, kind, session.reader.value(List.of(arguments)), bytes);
        return true;
    }

    /** So many bytes more wait to be read; a failure if that is too much, which counts nevertheless until they are given up. */
    @Nullable
    Failure unread(int bytes) {
        unreadBytes += bytes;
        long most = session.limits.streams().unreadBytes();
        return unreadBytes <= most || bytes == 0
                ? null
                : Failure.overloaded(
                        "More than " + most
                                + " bytes of streams wait to be read here (Limits.Streams.unreadBytes): write no more than is answered.");
    }

    /** So many bytes were read or given up. */
    void read(int bytes) {
        unreadBytes -= bytes;
    }

    // ---- blobs

    /** What will be a blob when all of {@code content} is here; takes ownership of it. */
    PromisedValue blob(String type, Readable content) {
        return new PromisedValue(QueuedCap.of(
                session.loop, new BytesReader(content, this).start().convert(bytes ->
                                (Cap) new ValueCap(WebPayload.holding(new Blob(type, bytes)), Path.Names.NONE))));
    }

    /** So many bytes more are held for blobs that are not complete. */
    @Override
    public void taken(int more) {
        long most = session.limits.streams().blobBytes();
        if (blobBytes + more > most) {
            throw Failure.overloaded("Blobs of more than " + most
                    + " bytes at a time are not taken (Limits.Streams.blobBytes): send a stream instead.");
        }
        blobBytes += more;
    }

    @Override
    public void givenBack(int all) {
        blobBytes -= all;
    }

    // ---- what we write

    void outgoing(OutgoingStream stream) {
        outgoing.add(stream);
    }

    void outgoingOver(OutgoingStream stream) {
        outgoing.remove(stream);
    }

    void disconnected(Failure cause) {
        new ArrayList<>(outgoing).forEach(stream -> stream.fail(cause));
    }
}
