package dev.capstan.async;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two connected {@link ByteStream} ends in memory, on one loop. What one end writes in a turn arrives at the other in one piece in the next
 * slot of the queue; while the receiver has paused, at most {@link Limits#pipeBytes} count as handed over.
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

    private static final class End extends Event implements ByteStream {
        private @Nullable End peer;
        private @Nullable Receiver receiver;
        private boolean paused;
        private boolean over;
        private boolean endSent;
        /** What the peer has written to us and we have not delivered. */
        private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();

        private long inboxBytes;
        private boolean endReceived;
        private @Nullable Throwable broken;
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
            End to = peer;
            if (to == null || endSent || broken != null || length == 0) {
                return;
            }
            byte[] copy = new byte[length];
            System.arraycopy(array, offset, copy, 0, length);
            to.inbox.add(copy);
            to.inboxBytes += length;
            to.armBreadthFirst();
        }

        @Override
        public long queuedBytes() {
            End to = peer;
            return to == null ? 0 : Math.max(0, to.inboxBytes - loop.limits.pipeBytes());
        }

        @Override
        public Promise<Void> drained() {
            if (broken != null) {
                return Promise.failed(broken);
            }
            if (queuedBytes() == 0) {
                return Promise.done();
            }
            Completer<Void> drain = new Completer<>(loop);
            drains.add(drain);
            return drain.promise();
        }

        @Override
        public void end() {
            End to = peer;
            if (to != null && !endSent && broken == null) {
                endSent = true;
                to.endReceived = true;
                to.armBreadthFirst();
            }
        }

        @Override
        public void abort(Throwable cause) {
            End to = peer;
            breakWith(cause);
            if (to != null) {
                to.breakWith(new IOException("the other end of the pipe was aborted", cause));
            }
        }

        private void breakWith(Throwable cause) {
            if (broken == null) {
                broken = cause;
                inbox.clear();
                inboxBytes = 0;
                settleDrains();
                armBreadthFirst();
            }
        }

        @Override
        protected void fire() {
            Receiver to = receiver;
            if (to == null || over) {
                return;
            }
            while (!paused && broken == null && !inbox.isEmpty()) {
                byte[] piece = inbox.remove();
                inboxBytes -= piece.length;
                to.received(piece, 0, piece.length);
            }
            End from = peer;
            if (from != null) {
                from.settleDrains();
            }
            if (broken != null) {
                over = true;
                to.failed(broken);
            } else if (endReceived && inbox.isEmpty() && !paused) {
                over = true;
                to.ended();
            }
        }

        private void settleDrains() {
            if (drains.isEmpty() || broken == null && queuedBytes() > 0) {
                return;
            }
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
