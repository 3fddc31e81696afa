package dev.capstan.capnp.rpc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of the peer that it has not forgotten, under the ids that it chose. Invariant: an id is in the table from the Call to whichever of Return and Finish comes last. */
final class Answers {
    private final Connection connection;
    private final Map<Integer, IncomingCall> table = new HashMap<>();

    Answers(Connection connection) {
        this.connection = connection;
    }

    void add(int id, IncomingCall call) {
        if (table.putIfAbsent(id, call) != null) {
            throw connection.protocolError("questionId is already in use; answerId = " + Integer.toUnsignedString(id));
        }
    }

    @Nullable
    IncomingCall get(int id) {
        return table.get(id);
    }

    boolean isFull() {
        return table.size() >= connection.limits.answers();
    }

    void forget(int id, IncomingCall call) {
        table.remove(id, call);
    }

    int size() {
        return table.size();
    }

    void disconnected() {
        List<IncomingCall> all = new ArrayList<>(table.values());
        table.clear();
        all.forEach(IncomingCall::disconnected);
    }
}
