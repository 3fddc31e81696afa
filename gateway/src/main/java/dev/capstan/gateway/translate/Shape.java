package dev.capstan.gateway.translate;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.DeferredAnswer;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.capnweb.JsValue;
import dev.capstan.capnweb.WebFormat;
import dev.capstan.capnweb.WebPayload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether something that stands for an interface with one method is an object with that method, or a function. The wire does not tell, so it is asked once, before the first call: where an object has
 * its method, a function has nothing. Calls wait for that in their order, and as long as one does, nobody may be led past it ({@link #passable}).
 */
final class Shape {
    private final Loop loop;
    private final Cap object;
    private final Method.Member named;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final List<Completer<Void>> watchers = new ArrayList<>(0);
    private State state = State.UNKNOWN;

    private enum State {
        UNKNOWN,
        ASKED,
        OBJECT,
        FUNCTION
    }

    /** Borrows {@code object}, for as long as calls are made. */
    Shape(Loop loop, Cap object, Method.Member named) {
        this.loop = loop;
        this.object = object;
        this.named = named;
    }

    /** Takes ownership of {@code call}. */
    Answer call(Call call) {
        if (isKnown()) {
            return object.call(fitted(call));
        }
        DeferredAnswer answer = new DeferredAnswer(loop);
        Runnable later = () -> answer.link(object.call(fitted(call)));
        await(later);
        answer.onUnused(() -> {
            if (waiting.remove(later)) {
                call.close();
                tellPassable();
            }
        });
        return answer.answer();
    }

    /** As {@link Cap#stream}. */
    Promise<Void> stream(Call call) {
        if (isKnown()) {
            return object.stream(fitted(call));
        }
        Completer<Void> ready = new Completer<>(loop);
        await(() -> ready.follow(object.stream(fitted(call))));
        return ready.promise();
    }

    /** Whether no call waits here, so that one that is made behind it keeps its order. */
    boolean isPassable() {
        return waiting.isEmpty();
    }

    /** Settles when no call waits. */
    Promise<Void> passable() {
        if (isPassable()) {
            return Promise.done();
        }
        Completer<Void> watcher = new Completer<>(loop);
        watchers.add(watcher);
        watcher.onCancel(() -> watchers.remove(watcher));
        return watcher.promise();
    }

    private void tellPassable() {
        if (isPassable()) {
            List<Completer<Void>> all = List.copyOf(watchers);
            watchers.clear();
            all.forEach(watcher -> watcher.complete(Promise.nothing()));
        }
    }

    private boolean isKnown() {
        return state == State.OBJECT || state == State.FUNCTION;
    }

    private Call fitted(Call call) {
        return state == State.FUNCTION ? new Onward(call, new Method.Member(Path.Names.NONE, false)) : call;
    }

    private void await(Runnable call) {
        waiting.add(call);
        if (state == State.UNKNOWN) {
            state = State.ASKED;
            ask();
        }
    }

    private void ask() {
        // Held until it is known: whoever has called may be gone by then.
        Cap held = object.share();
        Answer answer = held.call(
                Call.of(new Method.Member(named.path(), true), WebFormat.INSTANCE.allocate(0), Hints.NO_PIPELINING));
        answer.pipeline().close();
        answer.results().listen(loop, (content, failure) -> {
            boolean isNothing = false;
            if (content != null) {
                isNothing = WebPayload.of(content).value() == JsValue.UNDEFINED;
                content.close();
            }
            // What cannot be read is called all the same: the call says why not.
            state = isNothing ? State.FUNCTION : State.OBJECT;
            while (!waiting.isEmpty()) {
                waiting.remove().run();
            }
            tellPassable();
            held.close();
        });
    }
}
