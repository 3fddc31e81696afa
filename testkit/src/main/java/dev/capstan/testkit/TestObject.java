package dev.capstan.testkit;

import dev.capstan.async.Promise;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Method;
import dev.capstan.cap.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An object whose methods a test writes in place. Counts its calls and its releases. Any thread may look. */
final class TestObject implements Target {
    private final Scene scene;
    private final Style style;
    private final Map<Method, Handler> handlers = new ConcurrentHashMap<>();
    private final Set<Method> streaming = ConcurrentHashMap.newKeySet();
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger releases = new AtomicInteger();

    interface Handler {
        Promise<Void> handle(Turn turn) throws Exception;
    }

    TestObject(Scene scene, Style style) {
        this.scene = scene;
        this.style = style;
    }

    TestObject on(int method, Handler handler) {
        handlers.put(scene.way.method(method), handler);
        return this;
    }

    /** Returns 0, then 1, and so on. */
    TestObject counting(int method) {
        AtomicInteger next = new AtomicInteger();
        return on(method, turn -> turn.reply(next.getAndIncrement()));
    }

    TestObject onStream(int method, Handler handler) {
        streaming.add(scene.way.method(method));
        return on(method, handler);
    }

    /** Calls that have begun. */
    int calls() {
        return calls.get();
    }

    /** The numbers of the calls that have begun, in that order. */
    List<Long> seen() {
        return List.copyOf(seen);
    }

    /** A first reference is made to it; it is to be released once for each. */
    TestObject serve() {
        served.incrementAndGet();
        return this;
    }

    int releases() {
        return releases.get();
    }

    int served() {
        return served.get();
    }

    /** Whether nobody holds a reference any more. */
    boolean isReleased() {
        return releases.get() == served.get();
    }

    @Override
    public Promise<Void> handle(Context context) throws Exception {
        Handler handler = handlers.get(context.method());
        if (handler == null) {
            throw Failure.unimplemented("no method " + context.method());
        }
        Turn turn = new Turn(scene, context);
        seen.add(turn.number());
        calls.incrementAndGet();
        return handler.handle(turn);
    }

    @Override
    public Style style() {
        return style;
    }

    @Override
    public boolean isStreaming(Method method) {
        return streaming.contains(method);
    }

    @Override
    public void released() {
        releases.incrementAndGet();
    }
}
