package dev.capstan.capnp.rpc;

import dev.capstan.cap.Cap;
import dev.capstan.capnp.rpc.protocol.CapDescriptor;
import dev.capstan.capnp.rpc.protocol.MessageTarget;
import org.jspecify.annotations.Nullable;

/** A reference to an entry of the peer's export table. */
final class ImportCap extends RemoteCap {
    private final int importId;

    ImportCap(Connection connection, int importId) {
        super(connection);
        this.importId = importId;
    }

    int importId() {
        return importId;
    }

    @Override
    RemoteCap describe(CapDescriptor.Builder descriptor) {
        descriptor.setReceiverHosted(Integer.toUnsignedLong(importId));
        return this;
    }

    @Override
    @Nullable
    Cap address(MessageTarget.Builder target) {
        target.setImportedCap(Integer.toUnsignedLong(importId));
        return null;
    }

    @Override
    protected void released() {
        connection.imports.released(this);
    }

    @Override
    public String toString() {
        return "import " + importId;
    }
}
