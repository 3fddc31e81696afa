package dev.capstan.net.webtransport;

import dev.capstan.async.MessageStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a message stream delivers, and checks that nothing comes after its last word. */
final class Lines implements MessageStream.Receiver {
    final List<byte[]> received = new ArrayList<>();
    Runnable onLine = () -> {};
    boolean ended;

    @Nullable
    Throwable failure;

    /** Starts {@code stream}. */
    static Lines of(MessageStream stream) {
        Lines lines = new Lines();
        stream.start(lines);
        return lines;
    }

    static void send(MessageStream stream, String... texts) {
        for (String text : texts) {
            stream.send(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        checkNotOver();
        received.add(Arrays.copyOfRange(array, offset, offset + length));
        onLine.run();
    }

    @Override
    public void ended() {
        checkNotOver();
        ended = true;
    }

    @Override
    public void failed(Throwable cause) {
        checkNotOver();
        failure = cause;
    }

    private void checkNotOver() {
        if (isOver()) {
            throw new AssertionError("something came after the last word");
        }
    }

    boolean isOver() {
        return ended || failure != null;
    }

    int count() {
        return received.size();
    }

    List<String> texts() {
        return received.stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    String failureText() {
        return failure == null ? "no failure" : String.valueOf(failure.getMessage());
    }

    /** Code and reason of the close that failed the stream. */
    String closed() {
        return failure instanceof WebTransportClosed closed ? closed.code() + " " + closed.reason() : failureText();
    }
}
