package dev.capstan.capnp.rpc;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Two connected message streams whose messages arrive when the test says so. */
final class HeldPipe {
    final End left = new End();
    final End right = new End();

    HeldPipe() {
        left.peer = right;
        right.peer = left;
    }

    static final class End implements MessageStream {
        private @Nullable End peer;
        private @Nullable Receiver receiver;
        private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
        private boolean endQueued;
        private boolean over;

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
                to.received(message, 0, message.length, false);
            } else if (endQueued) {
                over = true;
                to.ended();
            }
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
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
            if (peer != null && !peer.endQueued) {
                peer.inbox.add(message);
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
