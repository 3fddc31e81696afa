package dev.capstan.capnp.rpc;

import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls of ours that the peer has not forgotten.
 *
 * <p>Invariant: an id is in the table from the moment the Call is built until the Return has come and the Finish has gone. Ordinary ids are the
 * lowest free ones; ids from 2^31 belong to calls that want no Return and are given out in turn, since a peer that knows nothing of such calls returns
 * them all the same, at any time.
 */
final class Questions {
    private static final int HIGH = 0x8000_0000;

    private final Connection connection;
    private final Ids<Question> table = new Ids<>();
    private final Map<Integer, Question> high = new HashMap<>();
    private int nextHigh;
    /** The peer has returned a call that wanted no Return: it does not know the hint, so it is of no use. */
    private boolean peerReturnsAll;

    Questions(Connection connection) {
        this.connection = connection;
    }

    Question ask(Hints hints, boolean tail) {
        if (hints.onlyPipeline() && !tail && !peerReturnsAll) {
            int id = HIGH | nextHigh;
            while (high.containsKey(id)) {
                nextHigh = (nextHigh + 1) & ~HIGH;
                id = HIGH | nextHigh;
            }
            nextHigh = (nextHigh + 1) & ~HIGH;
            Question question = new Question(connection, id, false, true);
            high.put(id, question);
            return question;
        }
        return table.add(id -> new Question(connection, id, tail, false));
    }

    /** The question that a Return names. */
    @Nullable
    Question get(int id) {
        return id < 0 ? null : table.get(id);
    }

    static boolean isPipelineOnly(int id) {
        return id < 0;
    }

    void returnedThoughUnwanted() {
        peerReturnsAll = true;
    }

    void forget(Question question) {
        if (question.id() < 0) {
            high.remove(question.id());
        } else {
            table.remove(question.id());
        }
    }

    int size() {
        return table.size() + high.size();
    }

    /** Those whose result somebody waits for. */
    int awaited() {
        return table.count(question -> question.isAwaitingReturn() && !question.isFinished());
    }

    void disconnected(Failure cause) {
        List<Question> pipelineOnly = List.copyOf(high.values());
        high.clear();
        table.drain(question -> question.disconnected(cause));
        pipelineOnly.forEach(question -> question.disconnected(cause));
    }
}
