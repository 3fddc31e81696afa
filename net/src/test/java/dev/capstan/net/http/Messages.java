package dev.capstan.net.http;

import dev.capstan.async.MessageStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a message stream delivers, and checks that nothing comes after its last word. */
final class Messages implements MessageStream.Receiver {
    final List<byte[]> received = new ArrayList<>();
    Runnable onMessage = () -> {};
    Runnable onFailure = () -> {};
    boolean ended;

    @Nullable
    Throwable failure;

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {
        checkNotOver();
        received.add(Arrays.copyOfRange(array, offset, offset + length));
        onMessage.run();
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
        onFailure.run();
    }

    private void checkNotOver() {
        if (isOver()) {
            throw new AssertionError("something came after the last word");
        }
    }

    boolean isOver() {
        return ended || failure != null;
    }

    List<String> texts() {
        return received.stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    byte[] last() {
        return received.getLast();
    }

    String failureText() {
        return failure == null ? "no failure" : String.valueOf(failure.getMessage());
    }

    int failureCode() {
        return failure instanceof WebSocketClosed closed ? closed.code() : 0;
    }
}
