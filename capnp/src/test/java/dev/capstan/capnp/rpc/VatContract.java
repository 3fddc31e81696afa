package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.testkit.CapContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The capability contract over Cap'n Proto: the objects live in one vat and are called from another. A subclass connects the two. Each reference is the
 * bootstrap capability of another Bootstrap.
 */
abstract class VatContract extends CapContract {
    private final Queue<Target> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable Peer peer;
    private @Nullable Cap lasting;
    private final List<Peer> peers = new ArrayList<>();

    /** What answers when no case asks for an object: see {@link #roundTrip}. */
    private static final class Nobody implements Target {
        @Override
        public Promise<Void> handle(Context context) {
            return Promise.done();
        }
    }

    /** Connects the two vats and tells the ends, the caller's first. Called once. */
    abstract List<Peer> connect();

    /** A vat on the callee's side, which serves what {@link #reach} asks for. */
    final Vat serverVat() {
        return Vat.on(far())
                .servingEach(asker -> {
                    Target target = waiting.poll();
                    return serve(target == null ? new Nobody() : target);
                })
                .build();
    }

    /** The first reference to an object, on the callee's side. */
    Cap serve(Target target) {
        return new LocalCap(far(), target);
    }

    final Peer peer() {
        Peer known = peer;
        if (known == null) {
            peers.addAll(connect());
            known = peers.getFirst();
            peer = known;
        }
        return known;
    }

    @Override
    protected Cap reach(Target target) {
        waiting.add(target);
        return peer().bootstrap();
    }

    /** Settles when everything that was sent before has arrived at the other end, and what was sent as an answer to it has arrived here. */
    final Promise<Boolean> roundTrip() {
        Cap nobody = lasting();
        return loop().fetch(() -> {
            Answer answer = nobody.request(new Method.Ordinal(0, 0), format(), 0, Hints.NO_PIPELINING)
                    .send();
            answer.pipeline().close();
            return answer.results().map(results -> {
                results.close();
                return true;
            });
        });
    }

    /** A reference that stays, so that round trips leave the tables as they are. */
    private Cap lasting() {
        Cap known = lasting;
        if (known == null) {
            known = peer().bootstrap();
            lasting = known;
        }
        return known;
    }

    @Override
    protected List<String> leftovers() {
        int lastingOnes = lasting == null ? 0 : 1;
        Peer.Tables near = new Peer.Tables(0, 0, 0, lastingOnes, 0);
        Peer.Tables distant = new Peer.Tables(0, 0, lastingOnes, 0, 0);
        List<String> left = new ArrayList<>();
        for (Peer each : peers) {
            Peer.Tables tables = tables(each);
            if (!tables.equals(each.equals(peer()) ? near : distant)) {
                left.add(tables.toString());
            }
        }
        return left;
    }

    /** Reads the tables where that is allowed. */
    Peer.Tables tables(Peer of) {
        return of.tables();
    }

    @Override
    protected void close() {
        peers.forEach(Peer::close);
    }

    // ---- the vocabulary

    @Override
    protected Format format() {
        return CapnpFormat.INSTANCE;
    }

    @Override
    protected void write(Payload into, long number, String text, List<Cap> caps) {
        CapnpPayload.of(into).builder().init(Note.TYPE).set(number, text, caps);
    }

    @Override
    protected long number(Payload from) {
        return CapnpPayload.of(from).reader().as(Note.TYPE).number();
    }

    @Override
    protected String text(Payload from) {
        return CapnpPayload.of(from).reader().as(Note.TYPE).text();
    }

    @Override
    protected Path path(int index) {
        return new Path.Pointers(Note.pointer(index));
    }
}
