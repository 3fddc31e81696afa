package dev.capstan.capnweb.resume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.LocalCap;
import dev.capstan.cap.Method;
import dev.capstan.cap.Path;
import dev.capstan.cap.Target;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.WebTarget;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What a server offers whose calls have effects that are counted, each by its number. */
final class CallEffects {
    private final Loop loop;
    /** How often each has happened. */
    private final TreeMap<Long, Integer> effects = new TreeMap<>();

    private int made;
    private int released;
    private long begun;
    private long cancelled;

    /** Runs after each effect. */
    Runnable onEffect = () -> {};

    /** Sessions whose clients are away. */
    IntSupplier suspended = () -> 0;

    CallEffects(Loop loop) {
        this.loop = loop;
    }

    long effect(@Nullable Object id) {
        long number = number(id);
        effects.merge(number, 1, Integer::sum);
        onEffect.run();
        return number;
    }

    static long number(@Nullable Object value) {
        return (Long) Objects.requireNonNull(value);
    }

    private Cap counted(WebTarget methods) {
        made++;
        return new LocalCap(loop, new Target() {
            @Override
            public Promise<Void> handle(Context context) throws Exception {
                return methods.handle(context);
            }

            @Override
            public void released() {
                released++;
            }
        });
    }

    Cap main() {
        WebTarget methods = methods();
        return new LocalCap(loop, context -> {
            if (context.method() instanceof Method.Member(Path.Names path, boolean reads)
                    && path.equals(Path.Names.of("wait"))) {
                context.allowCancellation();
            }
            return methods.handle(context);
        });
    }

    private WebTarget methods() {
        return WebTarget.empty()
                .method("hit", args -> effect(args.getFirst()))
                .method("make", args -> {
                    long id = effect(args.getFirst());
                    return counted(WebTarget.empty().method("plus", more -> effect(more.getFirst()) + id));
                })
                .method("ask", args -> ((Stub) Objects.requireNonNull(args.getFirst())).apply(args.get(1)))
                .method("list", args -> {
                    long id = effect(args.getFirst());
                    return Readable.of(loop, List.of(id, id + 1, id + 2));
                })
                .method("sum", args -> {
                    effect(args.get(1));
                    return sum((Readable) Objects.requireNonNull(args.getFirst()), 0);
                })
                .method("wait", args -> {
                    begun++;
                    Completer<Object> never = new Completer<>(loop);
                    never.onCancel(() -> cancelled++);
                    return never.promise();
                })
                .method("suspended", args -> suspended.getAsInt())
                .method("waiting", args -> List.of(begun, cancelled));
    }

    static Promise<Object> sum(Readable from, long before) {
        return from.read().then(chunk -> {
            try (chunk) {
                return chunk.isEnd() ? Promise.of(before) : sum(from, before + number(chunk.value()));
            }
        });
    }

    /** Each effect up to {@code count} has happened once, and each object was released. */
    void assertExactlyOnce(long count) {
        TreeMap<Long, Integer> once = new TreeMap<>();
        for (long id = 0; id < count; id++) {
            once.put(id, 1);
        }
        assertEquals(once, effects);
        assertEquals(made, released);
    }
}
