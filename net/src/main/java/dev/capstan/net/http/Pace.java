package dev.capstan.net.http;

import dev.capstan.async.Loop;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;

/** Counts what may happen so often within a time and no more. */
final class Pace {
    private final Loop loop;
    private final int limit;
    private final long windowNanos;
    private long began;
    private int count;

    Pace(Loop loop, int limit, Duration window) {
        this.loop = loop;
        this.limit = limit;
        this.windowNanos = window.toNanos();
        this.began = loop.timer().nanoTime();
    }

    /** It has happened once more; false if that is too often. */
    boolean isWithin() {
        long now = loop.timer().nanoTime();
        if (now - began >= windowNanos) {
            began = now;
            count = 0;
        }
        return ++count <= limit;
    }

    static Http2Exception tooMany(String what) {
        return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many %s within a short time", what);
    }
}
