package dev.capstan.capnp;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The schema of one file as the generator wrote it into Java, for those who look at types at run time; {@code dev.capstan.capnp.dynamic} makes
 * schemas of it. Generated classes extend it, one for each file.
 *
 * <p>Nothing is kept or even unpacked until somebody asks, so that programs that never do pay for a small class. An immutable value.
 */
public abstract class CompiledSchema {
    /** For generated code. */
    protected CompiledSchema() {}

    /** The nodes of the file as a list, packed; a char for each byte. */
    protected abstract String packedNodes();

    /** The files whose types this one uses. */
    public List<CompiledSchema> imports() {
        return List.of();
    }

    /**
     * A {@code List(Node)} of all that the file declares, and of the annotations from other files that it uses. Unpacked anew each time. Texts
     * and sizes are trusted; the names of files have no folders, and places in the source are left out.
     */
    public final AnyPointer.Reader nodes() {
        return ReaderArena.trusted(unpack(packedNodes())).root();
    }

    /** The packing of capnproto.org/encoding.html. The serializers for streams are in a package that builds on this one. */
    private static byte[] unpack(String packed) {
        ByteArrayOutputStream words = new ByteArrayOutputStream(4 * packed.length());
        int at = 0;
        while (at < packed.length()) {
            int tag = packed.charAt(at++);
            for (int bit = 0; bit < 8; bit++) {
                words.write((tag >>> bit & 1) == 0 ? 0 : packed.charAt(at++));
            }
            if (tag == 0) {
                words.writeBytes(new byte[8 * packed.charAt(at++)]);
            } else if (tag == 0xff) {
                for (int end = at + 1 + 8 * packed.charAt(at++); at < end; at++) {
                    words.write(packed.charAt(at));
                }
            }
        }
        return words.toByteArray();
    }
}
