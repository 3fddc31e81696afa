package dev.capstan.capnp.rpc;

import dev.capstan.async.Loop;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Two connected message streams in memory. Messages arrive in the loop's next slot, each in one of its own; an end that is blocked keeps them until the
 * test lets them through. A pipe without a loop delivers nothing by itself.
 */
final class HeldPipe {
    final End left;
    final End right;

    /** Delivers only what the test delivers. */
    HeldPipe() {
        this(null);
    }

    HeldPipe(@Nullable Loop loop) {
        left = new End(loop);
        right = new End(loop);
        left.peer = right;
        right.peer = left;
    }

    static final class End implements MessageStream {
        /** What this end has sent. */
        final List<byte[]> sent = new ArrayList<>();
        /** Looks at each message before it is sent; may throw. */
        Consumer<byte[]> onSend = message -> {};

        private final @Nullable Loop loop;
        private boolean blocked;
        private boolean arrivalPending;
        private Predicate<byte[]> blockAfter = message -> false;

        private @Nullable End peer;
        private @Nullable Receiver receiver;
        private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
        private boolean endQueued;
        private boolean over;

        End(@Nullable Loop loop) {
            this.loop = loop;
        }

        /** From now on nothing arrives here. */
        void block() {
            blocked = true;
        }

        /** Nothing arrives here after the first message that {@code last} accepts. */
        void blockAfter(Predicate<byte[]> last) {
            blockAfter = last;
        }

        /** What was kept arrives. */
        void unblock() {
            blocked = false;
            blockAfter = message -> false;
            arrive();
        }

        /** What was kept arrives, up to the first message that {@link #blockAfter} accepts. */
        void unblockUntil() {
            blocked = false;
            arrive();
        }

        private void arrive() {
            if (loop != null && !arrivalPending && !blocked && hasMail()) {
                arrivalPending = true;
                loop.pause().listen(loop, (ignored, failure) -> {
                    arrivalPending = false;
                    if (!blocked) {
                        deliver();
                        arrive();
                    }
                });
            }
        }

        /** Whether nothing can arrive here any more. */
        boolean isOver() {
            return over;
        }

        boolean hasMail() {
            return !over && (!inbox.isEmpty() || endQueued);
        }

        /** Lets one message of the other end arrive here. */
        void deliver() {
            Receiver to = receiver;
            if (to == null || over) {
                return;
            }
            byte[] message = inbox.poll();
            if (message != null) {
                blocked |= blockAfter.test(message);
                to.received(message, 0, message.length, false);
            } else if (endQueued) {
                over = true;
                to.ended();
            }
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
            arrive();
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void send(ByteBuffer... pieces) {
            int length = 0;
            for (ByteBuffer piece : pieces) {
                length += piece.remaining();
            }
            byte[] message = new byte[length];
            int at = 0;
            for (ByteBuffer piece : pieces) {
                int count = piece.remaining();
                piece.duplicate().get(message, at, count);
                at += count;
            }
            onSend.accept(message);
            sent.add(message);
            if (peer != null && !peer.endQueued) {
                peer.inbox.add(message);
                peer.arrive();
            }
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public Promise<Void> drained() {
            return Promise.done();
        }

        @Override
        public void end() {
            if (peer != null) {
                peer.endQueued = true;
                peer.arrive();
            }
        }

        @Override
        public void abort(Throwable cause) {
            over = true;
            if (peer != null && !peer.over && peer.receiver != null) {
                peer.over = true;
                peer.receiver.failed(new IOException("aborted", cause));
            }
        }
    }
}
