package dev.capstan.testkit;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Payload;
import dev.capstan.cap.Pipeline;

/** A call as the object that does it sees it. */
final class Turn {
    private final Scene scene;
    private final Context context;

    Turn(Scene scene, Context context) {
        this.scene = scene;
        this.context = context;
    }

    Context context() {
        return context;
    }

    Loop loop() {
        return context.loop();
    }

    long number() {
        return scene.way.number(context.params());
    }

    String text() {
        return scene.way.text(context.params());
    }

    /** The capability with this index in the parameters; closed at the end of the test if not before. */
    Stub cap(int index) {
        Cap cap = context.params().cap(scene.way.path(index));
        return scene.stub(context.loop(), cap);
    }

    /** Fills the results. */
    Promise<Void> reply(long number, Stub... caps) {
        return reply(number, "", caps);
    }

    /** Fills the results. */
    Promise<Void> reply(long number, String text, Stub... caps) {
        scene.way.write(context.results(0), number, text, Stub.shares(caps));
        return Promise.done();
    }

    /** Publishes what the results will hold. */
    void setPipeline(Stub... caps) {
        Payload early = scene.way.format().allocate(0);
        scene.way.write(early, 0, "", Stub.shares(caps));
        context.setPipeline(Pipeline.of(early));
    }
}
