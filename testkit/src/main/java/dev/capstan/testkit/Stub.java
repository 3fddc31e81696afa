package dev.capstan.testkit;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reference as the contract's cases use it: the typed client of their small vocabulary. Any thread may use it. */
final class Stub implements AutoCloseable {
    private final Scene scene;
    private final Loop loop;
    private final Cap cap;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes ownership of {@code cap}. */
    Stub(Scene scene, Loop loop, Cap cap) {
        this.scene = scene;
        this.loop = loop;
        this.cap = cap;
    }

    /** Borrowed. */
    Cap cap() {
        return cap;
    }

    Loop loop() {
        return loop;
    }

    Stub share() {
        return scene.stub(loop, cap.share());
    }

    Reply call(int method) {
        return call(method, 0, "");
    }

    Reply call(int method, long number, Stub... caps) {
        return call(method, number, "", caps);
    }

    Reply call(int method, long number, String text, Stub... caps) {
        return prepare(Hints.NONE, method, number, text, caps).send();
    }

    /** A call of a stream; settles when the next may be sent. */
    Outcome<Void> stream(int method, long number) {
        return prepare(Hints.NO_PIPELINING, method, number, "").stream();
    }

    /** A request that is built now and sent later. */
    Prepared prepare(int method, long number, Stub... caps) {
        return prepare(Hints.NONE, method, number, "", caps);
    }

    private Prepared prepare(Hints hints, int method, long number, String text, Stub... caps) {
        dev.capstan.cap.Request request = cap.request(scene.way.method(method), scene.way.format(), 0, hints);
        scene.way.write(request.params(), number, text, shares(caps));
        return new Prepared(scene, loop, request);
    }

    static List<Cap> shares(Stub... stubs) {
        List<Cap> caps = new ArrayList<>();
        for (Stub stub : stubs) {
            caps.add(stub.cap.share());
        }
        return caps;
    }

    /** The last step of resolution. */
    Outcome<Stub> settled() {
        if (loop.inLoop()) {
            return scene.watch(loop, settledHere());
        }
        Completer<Stub> later = new Completer<>(loop);
        Promise<Stub> promise = later.promise();
        loop.post(() -> later.follow(settledHere()));
        return scene.watch(loop, promise);
    }

    private Promise<Stub> settledHere() {
        return cap.settled().convert(target -> scene.stub(loop, target));
    }

    /** Does nothing the second time. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            cap.close();
        }
    }
}
