package dev.capstan.testkit;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Request;

/** A request whose parameters are there; from a thread that is not the loop's it is sent the way in which typed clients do that. */
final class Prepared {
    private final Scene scene;
    private final Loop loop;
    private final Request request;

    Prepared(Scene scene, Loop loop, Request request) {
        this.scene = scene;
        this.loop = loop;
        this.request = request;
    }

    Request raw() {
        return request;
    }

    Reply send() {
        if (loop.inLoop()) {
            return scene.reply(loop, request.send());
        }
        DeferredAnswer answer = new DeferredAnswer(loop);
        loop.post(() -> answer.link(request.send()));
        return scene.reply(loop, answer.answer());
    }

    Reply sendForPipeline() {
        if (loop.inLoop()) {
            return scene.reply(loop, pipelineOnly());
        }
        DeferredAnswer answer = new DeferredAnswer(loop);
        loop.post(() -> answer.link(pipelineOnly()));
        return scene.reply(loop, answer.answer());
    }

    private Answer pipelineOnly() {
        return new Answer(
                Promise.failed(Failure.failed("this call was sent for its pipeline alone")), request.sendForPipeline());
    }

    Outcome<Void> stream() {
        if (loop.inLoop()) {
            return scene.watch(loop, request.sendStreaming());
        }
        Completer<Void> next = new Completer<>(loop);
        Promise<Void> promise = next.promise();
        loop.post(() -> next.follow(request.sendStreaming()));
        return scene.watch(loop, promise);
    }

    void giveUp() {
        Scene.run(loop, request::close);
    }
}
