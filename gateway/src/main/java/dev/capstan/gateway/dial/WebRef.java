package dev.capstan.gateway.dial;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.Writable;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An object of a Cap'n Web server, or a place in what it gives. Everything goes ahead; nothing is known before it is asked for. */
final class WebRef implements Ref {
    private final WebRemote remote;
    private final Stub stub;
    /** Whether this was not called for, so that asking for it is a round trip of its own. */
    private final boolean isPlace;

    /** Takes ownership of {@code stub}. */
    WebRef(WebRemote remote, Stub stub) {
        this(remote, stub, false);
    }

    private WebRef(WebRemote remote, Stub stub, boolean isPlace) {
        this.remote = remote;
        this.stub = stub;
        this.isPlace = isPlace;
    }

    /** Borrowed. */
    Stub stub() {
        return stub;
    }

    @Override
    public Ref get(Object step) {
        Stub place = step instanceof Integer at ? stub.get(at) : stub.get(step.toString());
        return new WebRef(remote, place.dup(), true);
    }

    private @Nullable Object[] arguments(List<? extends @Nullable Object> arguments) throws InputException {
        @Nullable Object[] made = new Object[arguments.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = remote.json().argument(arguments.get(i));
        }
        return made;
    }

    @Override
    public Ref call(String method, List<? extends @Nullable Object> arguments) throws InputException {
        @Nullable Object[] made = arguments(arguments);
        remote.tally().called();
        return new WebRef(remote, method.isEmpty() ? stub.apply(made) : stub.call(method, made));
    }

    @Override
    public Shot aim(String method, List<? extends @Nullable Object> arguments) throws InputException {
        @Nullable Object[] made = arguments(arguments);
        if (remote.isBatch()) {
            return () -> {
                try (Stub main = Stub.of(remote.loop(), remote.fresh().main())) {
                    return dropped(method.isEmpty() ? main.apply(made) : main.call(method, made));
                }
            };
        }
        return () -> dropped(method.isEmpty() ? stub.apply(made) : stub.call(method, made));
    }

    private static Promise<Void> dropped(Stub result) {
        return result.value()
                .<Void>map(value -> {
                    closeAll(value);
                    return Promise.nothing();
                })
                .attach(result);
    }

    private @Nullable Object fetched() throws InputException {
        if (isPlace) {
            remote.tally().asked();
        }
        remote.tally().waited();
        Promise<Object> promise = stub.value();
        remote.type();
        return remote.patience().await(promise);
    }

    @Override
    public @Nullable Object value() throws InputException {
        Object value = fetched();
        try {
            return WebJson.tree(value);
        } finally {
            closeAll(value);
        }
    }

    @Override
    public void print(Consumer<String> out) throws InputException {
        Object value = fetched();
        switch (value) {
            case Readable stream -> {
                try (stream) {
                    while (true) {
                        try (Readable.Chunk chunk = remote.patience().await(stream.read())) {
                            if (chunk.isEnd()) {
                                return;
                            }
                            out.accept(Literal.json(WebJson.tree(chunk.value())));
                        }
                    }
                }
            }
            case Writable stream -> remote.typeTo(stream);
            case null, default -> {
                try {
                    out.accept(Literal.json(WebJson.tree(value)));
                } finally {
                    closeAll(value);
                }
            }
        }
    }

    /** Gives back what was received with a value. */
    private static void closeAll(@Nullable Object value) {
        List<@Nullable Object> waiting = new ArrayList<>();
        waiting.add(value);
        while (!waiting.isEmpty()) {
            switch (waiting.removeLast()) {
                case Stub stub -> stub.close();
                case Readable stream -> {
                    stream.cancel(Failure.failed("nobody reads it"));
                    stream.close();
                }
                case Writable stream -> stream.close();
                case List<?> list -> waiting.addAll(list);
                case Map<?, ?> map -> waiting.addAll(map.values());
                case null, default -> {}
            }
        }
    }

    @Override
    public boolean isObject() {
        return true;
    }

    @Override
    public String kind() {
        return "a stub";
    }

    @Override
    public void close() {
        stub.close();
    }
}
