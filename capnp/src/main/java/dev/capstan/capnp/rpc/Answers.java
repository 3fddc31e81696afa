package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the peer that it has not forgotten, under the ids that it chose, and those that it has and that have not stopped. Invariant: an id is in the table from the Call to whichever of
 * Return and Finish comes last.
 */
final class Answers {
    private final Connection connection;
    private final Map<Integer, IncomingCall> table = new HashMap<>();
    /** Those that are not in the table and have not stopped. */
    private final Set<IncomingCall> goingOn = new HashSet<>();
    /** Places in all answers together that messages were addressed to. */
    private int places;

    Answers(Connection connection) {
        this.connection = connection;
    }

    /** Takes {@code call} in; false if there are too many, in which case it was refused and is over. */
    boolean add(int id, IncomingCall call) {
        boolean full = size() >= connection.limits.answers();
        if (table.putIfAbsent(id, call) != null) {
            call.watch().cancelled();
            call.close();
            throw connection.protocolError("questionId is already in use; answerId = " + Integer.toUnsignedString(id));
        }
        if (full) {
            call.refuse(Failure.overloaded("you have " + connection.limits.answers()
                    + " calls open on this connection, which is the limit: wait for some to return"));
        }
        return !full;
    }

    @Nullable
    IncomingCall get(int id) {
        return table.get(id);
    }

    /** The peer has begun to use one more place in an answer. */
    void placeUsed() {
        if (++places > connection.limits.exports()) {
            throw connection.protocolError("the peer uses " + places
                    + " places in answers that it has not finished, which is more than the limit (Limits.exports)");
        }
    }

    void placesForgotten(int count) {
        places -= count;
    }

    void forget(int id, IncomingCall call) {
        table.remove(id, call);
    }

    /** {@code call} counts until it is {@link #stopped}, whether or not it is forgotten. */
    void goesOn(IncomingCall call) {
        goingOn.add(call);
    }

    void stopped(IncomingCall call) {
        goingOn.remove(call);
    }

    int size() {
        return table.size() + goingOn.size();
    }

    /** Those that have not been returned. */
    int open() {
        int open = 0;
        for (IncomingCall call : table.values()) {
            if (!call.isReturned()) {
                open++;
            }
        }
        return open;
    }

    void disconnected() {
        List<IncomingCall> all = new ArrayList<>(table.values());
        table.clear();
        goingOn.clear();
        all.forEach(IncomingCall::disconnected);
    }
}
