package dev.capstan.gateway.frames;

import java.util.function.Consumer;

/** Where the frames of one session go, stamped with its number and the time of what is being decoded. */
final class Out {
    private final int session;
    private final Consumer<? super Frame> sink;
    private long micros;

    Out(int session, Consumer<? super Frame> sink) {
        this.session = session;
        this.sink = sink;
    }

    void now(long time) {
        micros = time;
    }

    void put(Direction direction, Frame.Draft draft) {
        sink.accept(draft.done(micros, session, direction));
    }
}
