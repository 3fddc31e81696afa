package dev.capstan.grpc;

import io.grpc.Status;
import java.util.Arrays;
import java.util.Base64;

/** Bytes out of the text of gRPC-Web: Base64 in pieces that may each end with padding, and that come cut anywhere. Of one thread. */
public final class Base64Pieces {
    /** Signs that are no whole group yet. */
    private final byte[] group = new byte[4];

    private int grouped;

    /** One that has read nothing. */
    public Base64Pieces() {}

    /**
     * Hands on what is whole of these signs, and keeps the rest.
     *
     * @throws io.grpc.StatusRuntimeException INTERNAL if they are no Base64
     */
    public void decode(byte[] array, int offset, int length, MessageReader to) {
        byte[] signs = new byte[grouped + length];
        System.arraycopy(group, 0, signs, 0, grouped);
        System.arraycopy(array, offset, signs, grouped, length);
        int whole = signs.length / 4 * 4;
        grouped = signs.length - whole;
        System.arraycopy(signs, whole, group, 0, grouped);
        int from = 0;
        while (from < whole) {
            int padding = padded(signs, from, whole);
            byte[] bytes = decoded(Arrays.copyOfRange(signs, from, padding));
            to.add(bytes, 0, bytes.length);
            from = padding;
        }
    }

    /** The end of the first group from {@code from} on that is padded, or {@code to}. */
    private static int padded(byte[] signs, int from, int to) {
        for (int end = from + 4; end <= to; end += 4) {
            if (signs[end - 1] == '=') {
                return end;
            }
        }
        return to;
    }

    private static byte[] decoded(byte[] signs) {
        try {
            return Base64.getDecoder().decode(signs);
        } catch (IllegalArgumentException e) {
            throw Status.INTERNAL
                    .withDescription("a body that says it is text is not Base64")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** Whether the text may end here. */
    public boolean isWhole() {
        return grouped == 0;
    }
}
