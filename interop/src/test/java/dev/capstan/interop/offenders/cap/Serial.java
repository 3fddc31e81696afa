package dev.capstan.interop.offenders.cap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;

/** Serialization by declaration, by call and by hook. */
final class Serial implements Serializable {
    private static final long serialVersionUID = 1;

    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(this);
        }
        return bytes.toByteArray();
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
    }

    /** Innocent: every exception is serializable by birth. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
