package dev.capstan.async;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * What a loop does once more at the end of a turn: whatever became dirty in it is flushed. First everybody writes, then the streams that hand bytes to the system do so, each once. Belongs to the loop's
 * thread.
 */
final class TurnEnds {
    private static final Logger LOG = System.getLogger(Loop.class.getName());

    private final List<Loop.TurnEnd> writers = new ArrayList<>();
    private final List<Loop.TurnEnd> streams = new ArrayList<>();
    /** How many of those became dirty before the events of this turn. */
    private int writersByInput;

    private int streamsByInput;

    void add(Loop.TurnEnd work) {
        writers.add(work);
    }

    void addStream(Loop.TurnEnd work) {
        streams.add(work);
    }

    boolean isEmpty() {
        return writers.isEmpty() && streams.isEmpty();
    }

    /** What is here by now became dirty while input was taken. */
    void inputTaken() {
        writersByInput = writers.size();
        streamsByInput = streams.size();
    }

    /**
     * What became dirty while input was taken comes last: that is what a peer is told at once, such as that its answer has arrived, and nobody waits for it. What is passed on to others, who do wait, was
     * written by the events since, and does not wait for the system calls of the former.
     */
    void flush() {
        int lateWriters = writersByInput;
        int lateStreams = streamsByInput;
        writersByInput = 0;
        streamsByInput = 0;
        int next = endFrom(writers, lateWriters);
        int early = streams.size();
        end(writers, 0, lateWriters);
        endFrom(writers, next);
        writers.clear();
        end(streams, lateStreams, early);
        end(streams, 0, lateStreams);
        endFrom(streams, early);
        streams.clear();
    }

    private static void end(List<Loop.TurnEnd> all, int from, int to) {
        for (int i = from; i < to; i++) {
            ended(all.get(i));
        }
    }

    /** From there to the end, which may move away; where that is. */
    private static int endFrom(List<Loop.TurnEnd> all, int from) {
        int next = from;
        while (next < all.size()) {
            ended(all.get(next++));
        }
        return next;
    }

    private static void ended(Loop.TurnEnd work) {
        try {
            work.turnEnded();
        } catch (Throwable e) {
            LOG.log(
                    Level.ERROR,
                    "work at the end of a turn threw; this is a bug in "
                            + work.getClass().getName(),
                    e);
        }
    }
}
