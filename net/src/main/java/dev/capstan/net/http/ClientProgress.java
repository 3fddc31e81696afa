package dev.capstan.net.http;

import dev.capstan.async.ByteStream;

/** Whether the client of an exchange does something for it: takes of its answer, or sends of its request. Looked at now and then. */
final class ClientProgress {
    private final ByteStream stream;
    private final Http1Codec codec;
    private long received;
    /** How it stood at the last look. */
    private long takenBefore;

    private long receivedBefore;
    private boolean hadToTake;

    ClientProgress(ByteStream stream, Http1Codec codec) {
        this.stream = stream;
        this.codec = codec;
    }

    void received(int bytes) {
        received += bytes;
    }

    private long taken() {
        return codec.encodedBytes() - stream.queuedBytes();
    }

    void look() {
        takenBefore = taken();
        receivedBefore = received;
        hadToTake = stream.queuedBytes() > 0;
    }

    /** Whether it has taken nothing since the last look, of what was there for it all the time. */
    boolean takesNothing() {
        return hadToTake && stream.queuedBytes() > 0 && taken() == takenBefore;
    }

    /** Whether it has neither taken nor sent anything since the last look. */
    boolean doesNothing() {
        return taken() == takenBefore && received == receivedBefore;
    }
}
