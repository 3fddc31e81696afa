package dev.capstan.net.http;

import dev.capstan.async.ByteStream;

/** What a connection's bytes go through: a stream is started once, and after an upgrade somebody else wants them. */
final class Relay implements ByteStream.Receiver {
    private ByteStream.Receiver to;

    Relay(ByteStream.Receiver first) {
        to = first;
    }

    void handOver(ByteStream.Receiver next) {
        to = next;
    }

    @Override
    public void received(byte[] array, int offset, int length) {
        to.received(array, offset, length);
    }

    @Override
    public void ended() {
        to.ended();
    }

    @Override
    public void failed(Throwable cause) {
        to.failed(cause);
    }
}
