package dev.capstan.capnpc.compile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Ids of declarations that do not name their own: the first eight bytes of the MD5 digest of what sets them apart in their parent, with
 * bit 63 set. Every compiler derives the same.
 */
final class Ids {
    private Ids() {}

    /** Of a named declaration. */
    static long ofChild(long parentId, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return of(begin(parentId, bytes.length).put(bytes).flip());
    }

    /** Of a group or named union, by its place among the fields of its parent. */
    static long ofGroup(long parentId, int index) {
        return of(begin(parentId, 2).putShort((short) index).flip());
    }

    /** Of the struct that a method's parameters or results make up. */
    static long ofParameters(long interfaceId, int methodOrdinal, boolean isResults) {
        return of(begin(interfaceId, 3)
                .putShort((short) methodOrdinal)
                .put((byte) (isResults ? 1 : 0))
                .flip());
    }

    /** For a file without an id: the same for the same content. */
    static long ofContent(byte[] content) {
        return of(ByteBuffer.wrap(content));
    }

    private static ByteBuffer begin(long parentId, int more) {
        return ByteBuffer.allocate(8 + more).order(ByteOrder.LITTLE_ENDIAN).putLong(parentId);
    }

    private static long of(ByteBuffer digested) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(digested);
            return ByteBuffer.wrap(md5.digest()).getLong() | 1L << 63;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
