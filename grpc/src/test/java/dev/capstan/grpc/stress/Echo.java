package dev.capstan.grpc.stress;

import dev.capstan.grpc.Tally;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers each message with itself and a sign, one at a time; answers to calls of one message are held back until as many have come as a test wants to be there at once.
 */
final class Echo {
    /** Calls whose handler was started. */
    final Tally begun = new Tally();

    /** Calls whose handler was told how they ended. */
    final Tally over = new Tally();

    private final List<Runnable> held = new ArrayList<>();
    private int toHold;

    static byte[] question(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] answer(byte[] question) {
        return (new String(question, StandardCharsets.US_ASCII) + "!").getBytes(StandardCharsets.US_ASCII);
    }

    /** Lets no call of one message be answered before there are {@code count} of them. */
    synchronized void holdUntil(int count) {
        toHold = count;
    }

    private void answerWhenAllAreHere(Runnable answer) {
        List<Runnable> all;
        synchronized (this) {
            held.add(answer);
            if (held.size() < toHold) {
                return;
            }
            toHold = 0;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Runnable::run);
    }

    private class Handled extends ServerCall.Listener<byte[]> {
        @Override
        public void onCancel() {
            over.increment();
        }

        @Override
        public void onComplete() {
            over.increment();
        }
    }

    ServerCallHandler<byte[], byte[]> streams() {
        return (call, headers) -> {
            begun.increment();
            call.sendHeaders(new Metadata());
            call.request(1);
            return new Handled() {
                @Override
                public void onMessage(byte[] message) {
                    call.sendMessage(answer(message));
                    call.request(1);
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        };
    }

    ServerCallHandler<byte[], byte[]> answers() {
        return (call, headers) -> {
            begun.increment();
            call.request(2);
            return new Handled() {
                @Override
                public void onMessage(byte[] message) {
                    answerWhenAllAreHere(() -> {
                        call.sendHeaders(new Metadata());
                        call.sendMessage(answer(message));
                        call.close(Status.OK, new Metadata());
                    });
                }
            };
        };
    }
}
