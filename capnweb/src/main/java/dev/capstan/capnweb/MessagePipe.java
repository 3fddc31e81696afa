package dev.capstan.capnweb;

import dev.capstan.async.Completer;
import dev.capstan.async.Event;
import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two connected ends of a stream of messages in memory, on one loop. What one end sends in a turn arrives at the other in a slot of its own in the loop's queue. */
final class MessagePipe {
    private final End left;
    private final End right;

    MessagePipe(Loop loop) {
        left = new End(loop);
        right = new End(loop);
        left.peer = right;
        right.peer = left;
    }

    MessageStream left() {
        return left;
    }

    MessageStream right() {
        return right;
    }

    private static final class End extends Event implements MessageStream {
        private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
        private final List<Completer<Void>> drains = new ArrayList<>(1);
        private @Nullable End peer;
        private @Nullable Receiver receiver;
        private @Nullable Throwable broken;
        private long inboxBytes;
        private boolean paused;
        private boolean endSent;
        private boolean endCame;
        private boolean told;

        End(Loop loop) {
            super(loop);
        }

        private End other() {
            End known = peer;
            if (known == null) {
                throw new AssertionError("a pipe has two ends");
            }
            return known;
        }

        @Override
        public void start(Receiver to) {
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
        public void send(ByteBuffer... pieces) {
            if (endSent || broken != null) {
                return;
            }
            int length = 0;
            for (ByteBuffer piece : pieces) {
                length = Math.addExact(length, piece.remaining());
            }
            ByteBuffer whole = ByteBuffer.allocate(length);
            for (ByteBuffer piece : pieces) {
                whole.put(piece.duplicate());
            }
            End to = other();
            to.inbox.add(whole.array());
            to.inboxBytes += length;
            to.armBreadthFirst();
        }

        @Override
        public long queuedBytes() {
            return other().inboxBytes;
        }

        @Override
        public Promise<Void> drained() {
            if (broken != null) {
                return Promise.failed(broken);
            }
            if (queuedBytes() == 0) {
                return Promise.done();
            }
            Completer<Void> drain = new Completer<>(loop());
            other().drains.add(drain);
            return drain.promise();
        }

        @Override
        public void end() {
            if (!endSent && broken == null) {
                endSent = true;
                other().endCame = true;
                other().armBreadthFirst();
            }
        }

        @Override
        public void abort(Throwable cause) {
            breakWith(cause);
            other().breakWith(new IOException("the other end of the pipe was aborted", cause));
        }

        private void breakWith(Throwable cause) {
            if (broken == null && !(told && endSent)) {
                broken = cause;
                inbox.clear();
                inboxBytes = 0;
                drains.forEach(drain -> drain.fail(cause));
                drains.clear();
                armBreadthFirst();
            }
        }

        @Override
        protected void fire() {
            Receiver to = receiver;
            while (to != null && !told && !paused && !inbox.isEmpty()) {
                byte[] message = inbox.remove();
                inboxBytes -= message.length;
                to.received(message, 0, message.length, false);
            }
            if (inbox.isEmpty()) {
                drains.forEach(drain -> drain.complete(Promise.nothing()));
                drains.clear();
            }
            if (to == null || told) {
                return;
            }
            if (broken != null) {
                told = true;
                to.failed(broken);
            } else if (endCame && inbox.isEmpty() && !paused) {
                told = true;
                to.ended();
            }
        }
    }
}
