package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.QueuedCap;
import dev.capstan.capnp.rpc.protocol.Disembargo;

/**
 * Calls that are held back until the way they would overtake is empty; see {@link PromisedCap}.
 *
 * <p>Both halves of the exchange: {@link #impose} sends a Disembargo along the old way and holds calls until it comes back; {@link #reflect} returns the
 * peer's Disembargo once what it followed has gone ahead. Invariant: an id is in the table while its Disembargo is on its way.
 */
final class Embargoes {
    private final Connection connection;
    private final Ids<Embargo> table = new Ids<>();
    /** Disembargo messages of the peer that wait for a promise. */
    private int reflecting;

    Embargoes(Connection connection) {
        this.connection = connection;
    }

    private record Embargo(int id, QueuedCap held, Cap replacement) {}

    /** Holds back calls to {@code replacement}, which is taken over, until {@code before} is empty. The caller owns the result. */
    Cap impose(RemoteCap before, Cap replacement) {
        if (table.size() >= connection.limits.embargoes()) {
            replacement.close();
            throw connection.protocolError("the peer keeps " + table.size()
                    + " of our Disembargo messages, which is the limit (Limits.embargoes)");
        }
        QueuedCap held = new QueuedCap(connection.loop);
        // One reference for the table: the queued calls must be let go also when users have closed theirs.
        held.share();
        Embargo embargo = table.add(id -> new Embargo(id, held, replacement));
        OutgoingMessage message = new OutgoingMessage(8);
        Disembargo.Builder disembargo = message.root().initDisembargo();
        if (before.address(disembargo.initTarget()) != null) {
            throw new AssertionError("the way that a promise took first always leads over its connection");
        }
        disembargo.getContext().setSenderLoopback(Integer.toUnsignedLong(embargo.id));
        message.send(connection);
        return held;
    }

    /** Our Disembargo has come back. */
    void lift(int id) {
        Embargo embargo = table.remove(id);
        if (embargo == null) {
            throw connection.protocolError("Invalid embargo ID in 'Disembargo.context.receiverLoopback'.");
        }
        embargo.held.resolve(embargo.replacement);
        embargo.held.close();
    }

    /**
     * The peer's Disembargo has arrived, addressed to {@code target}, which is taken over. What matters is that the target leads back to the peer: if
     * it is a promise that does not yet, that is waited for, but no further resolution is.
     */
    void reflect(Cap target, int id) {
        Cap inner = target.innermost().share();
        target.close();
        if (inner instanceof RemoteCap remote && remote.connection == connection) {
            RemoteCap way = remote.way();
            way.share();
            inner.close();
            // Calls that arrived before may still be finding their way through the queue.
            connection.tasks.add(connection.loop.atLast().convert(ignored -> {
                try (way) {
                    giveBack(way, id);
                }
                return Promise.nothing();
            }));
            return;
        }
        if (reflecting >= connection.limits.embargoes()) {
            inner.close();
            throw connection.protocolError("the peer waits for " + reflecting
                    + " Disembargo messages on promises that are not resolved, which is the limit (Limits.embargoes)");
        }
        Promise<Cap> next = inner.resolution();
        inner.close();
        if (next == null) {
            throw connection.protocolError(
                    "'Disembargo' of type 'senderLoopback' sent to an object that does not point back to the sender.");
        }
        reflecting++;
        connection.tasks.add(next.convert(cap -> {
            reflecting--;
            reflect(cap, id);
            return Promise.nothing();
        }));
    }

    private void giveBack(RemoteCap way, int id) {
        if (!connection.isUp() || connection.faults.contains(Fault.DISEMBARGO_LOST)) {
            return;
        }
        OutgoingMessage message = new OutgoingMessage(8);
        Disembargo.Builder disembargo = message.root().initDisembargo();
        if (way.address(disembargo.initTarget()) != null) {
            throw new AssertionError("a way always leads over its connection");
        }
        disembargo.getContext().setReceiverLoopback(Integer.toUnsignedLong(id));
        message.send(connection);
    }

    int size() {
        return table.size();
    }

    void disconnected(Failure cause) {
        table.drain(embargo -> {
            embargo.held.fail(cause);
            embargo.held.close();
            embargo.replacement.close();
        });
    }
}
