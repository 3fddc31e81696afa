package dev.capstan.async;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two connected {@link ByteStream} ends in memory, on one loop.
 *
 * <p>It behaves as a pair of sockets does: what one end writes in a turn leaves at the end of that turn and arrives in one piece in the next;
 * at most {@link Limits#pipeBytes} are under way in each direction, the rest stays queued with the writer until the reader has taken them.
 */
public final class BytePipe {
    private final End left;
    private final End right;

    /** A pipe on {@code loop}. */
    public BytePipe(Loop loop) {
        left = new End(loop);
        right = new End(loop);
        left.peer = right;
        right.peer = left;
    }

    /** One end. */
    public ByteStream left() {
        return left;
    }

    /** The other end. */
    public ByteStream right() {
        return right;
    }

    /** Bytes in one array, taken from the front and added at the back. */
    private static final class Bytes {
        private byte[] array = new byte[0];
        private int start;
        private int length;

        void add(byte[] from, int offset, int count) {
            if (start + length + count > array.length) {
                byte[] target = array;
                if (length + count > array.length) {
                    target = new byte
                            [Math.max(Math.addExact(length, count), (int) Math.min(2L * array.length, 1 << 30))];
                }
                System.arraycopy(array, start, target, 0, length);
                array = target;
                start = 0;
            }
            System.arraycopy(from, offset, array, start + length, count);
            length += count;
        }

        void moveTo(Bytes to, int count) {
            to.add(array, start, count);
            start += count;
            length -= count;
            if (length == 0) {
                clear();
            }
        }

        void clear() {
            start = 0;
            length = 0;
            if (array.length > 1 << 16) {
                array = new byte[0];
            }
        }
    }

    private static final class End extends Event implements ByteStream {
        private @Nullable End peer;
        private @Nullable Receiver receiver;
        private boolean paused;

        /** What was written and has not left. */
        private Bytes outbox = new Bytes();

        /** What has arrived and was not delivered. */
        private Bytes inbox = new Bytes();

        private boolean dirty;
        private boolean endQueued;
        private boolean endSent;
        private boolean endReceived;
        private @Nullable Throwable broken;
        /** The receiver has heard its last. */
        private boolean over;

        private final List<Completer<Void>> drains = new ArrayList<>();

        End(Loop loop) {
            super(loop);
        }

        @Override
        public void start(Receiver to) {
            if (receiver != null) {
                throw new IllegalStateException("the stream was started before");
            }
            receiver = to;
            armBreadthFirst();
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
            armBreadthFirst();
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            if (!endQueued && broken == null && length > 0) {
                outbox.add(array, offset, length);
                becomeDirty();
            }
        }

        @Override
        public long queuedBytes() {
            return outbox.length;
        }

        @Override
        public Promise<Void> drained() {
            if (broken != null) {
                return Promise.failed(broken);
            }
            if (outbox.length == 0) {
                return Promise.done();
            }
            Completer<Void> drain = new Completer<>(loop);
            drains.add(drain);
            return drain.promise();
        }

        @Override
        public void end() {
            if (!endQueued && broken == null) {
                endQueued = true;
                becomeDirty();
            }
        }

        @Override
        public void abort(Throwable cause) {
            if (endSent && over) {
                return; // Closed already; what the peer has not read yet is its own.
            }
            End to = peer;
            breakWith(cause);
            if (to != null) {
                to.breakWith(new IOException("the other end of the pipe was aborted", cause));
            }
        }

        private void breakWith(Throwable cause) {
            if (broken == null && !(endSent && over)) {
                broken = cause;
                inbox.clear();
                outbox.clear();
                settleDrains();
                armBreadthFirst();
            }
        }

        private void becomeDirty() {
            if (!dirty) {
                dirty = true;
                loop.atTurnEnd(this::flush);
            }
        }

        private void flush() {
            dirty = false;
            End to = peer;
            if (to == null || broken != null) {
                return;
            }
            int room = Math.min(outbox.length, loop.limits.pipeBytes() - to.inbox.length);
            if (room > 0 && room == outbox.length && to.inbox.length == 0) {
                Bytes emptied = to.inbox;
                to.inbox = outbox;
                outbox = emptied;
            } else if (room > 0) {
                outbox.moveTo(to.inbox, room);
            }
            if (room > 0) {
                to.armBreadthFirst();
            }
            if (outbox.length == 0) {
                settleDrains();
                if (endQueued && !endSent) {
                    endSent = true;
                    to.endReceived = true;
                    to.armBreadthFirst();
                }
            }
        }

        @Override
        protected void fire() {
            Receiver to = receiver;
            if (to == null || over) {
                return;
            }
            if (!paused && broken == null && inbox.length > 0) {
                try {
                    to.received(inbox.array, inbox.start, inbox.length);
                } catch (Throwable e) {
                    abort(e);
                }
                inbox.clear();
                End from = peer;
                if (from != null && (from.outbox.length > 0)) {
                    from.becomeDirty();
                }
            }
            if (broken != null) {
                over = true;
                to.failed(broken);
            } else if (endReceived && inbox.length == 0 && !paused) {
                over = true;
                to.ended();
            }
        }

        private void settleDrains() {
            List<Completer<Void>> waiting = List.copyOf(drains);
            drains.clear();
            for (Completer<Void> drain : waiting) {
                if (broken != null) {
                    drain.fail(broken);
                } else {
                    drain.complete(Promise.cast(null));
                }
            }
        }
    }
}
