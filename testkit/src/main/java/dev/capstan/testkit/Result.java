package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.cap.Payload;
import java.util.concurrent.atomic.AtomicBoolean;

/** The results of a call. */
final class Result implements AutoCloseable {
    private final Scene scene;
    private final Loop loop;
    private final Payload payload;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes ownership of {@code payload}. */
    Result(Scene scene, Loop loop, Payload payload) {
        this.scene = scene;
        this.loop = loop;
        this.payload = payload;
    }

    long number() {
        return scene.way.number(payload);
    }

    String text() {
        return scene.way.text(payload);
    }

    Stub cap(int index) {
        return scene.stub(loop, payload.cap(scene.way.path(index)));
    }

    /** Releases the capabilities in it. Does nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Scene.run(loop, payload::close);
        }
    }
}
