package dev.capstan.testkit;

import dev.capstan.async.ByteStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Keeps what a {@link ByteStream} delivers, and checks that nothing comes after its last word. Belongs to the loop's thread. */
public final class ByteReceiver implements ByteStream.Receiver {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Runnable onDelivery = () -> {};
    private int deliveries;
    private int lastWords;
    private boolean ended;
    private @Nullable Throwable failure;

    /** One that has heard nothing yet. */
    public ByteReceiver() {}

    /** Runs {@code action} inside each delivery, after the bytes were kept. */
    public void onDelivery(Runnable action) {
        onDelivery = action;
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        if (lastWords > 0) {
            throw new AssertionError(length + " bytes came after the last word");
        }
        if (length <= 0) {
            throw new AssertionError("a delivery of " + length + " bytes");
        }
        bytes.write(array, offset, length);
        deliveries++;
        onDelivery.run();
    }

    @Override
    public void ended() {
        lastWords++;
        ended = true;
    }

    @Override
    public void failed(Throwable cause) {
        lastWords++;
        failure = cause;
    }

    /** How many bytes have come. */
    public int length() {
        return bytes.size();
    }

    /** The bytes that have come. */
    public byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The bytes that have come, as UTF-8. */
    public String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** In how many pieces they came. */
    public int deliveries() {
        return deliveries;
    }

    /** How often a last word was heard; more than one is an error of the stream. */
    public int lastWords() {
        return lastWords;
    }

    /** Whether a last word was heard. */
    public boolean isOver() {
        return lastWords > 0;
    }

    /** Whether the peer has ended properly. */
    public boolean isEnded() {
        return ended;
    }

    /** Why the stream broke; null if it has not. */
    public @Nullable Throwable failure() {
        return failure;
    }
}
