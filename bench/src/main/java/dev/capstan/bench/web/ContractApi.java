package dev.capstan.bench.web;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The contract of {@code bench.capnp} as an object of Cap'n Web, with the names and values that the gateway gives it. */
final class ContractApi extends JsObject {
    private final Loop loop;
    private long liveNodes;

    ContractApi(Loop loop) {
        this.loop = loop;
    }

    @Override
    Promise<Result> call(String name, List<?> arguments) {
        return switch (name) {
            case "add" -> value(object("c", integer(arguments, "a") + integer(arguments, "b")));
            case "echo" -> value(object("data", member(arguments, "data")));
            case "getNode" -> value(object("node", new Level(0).cap(loop)));
            case "openSink" -> value(object("sink", new Counter().cap(loop)));
            case "callMe" -> callMe(((Cap) member(arguments, "cb")).share(), integer(arguments, "times"));
            case "liveNodes" -> value(object("count", liveNodes));
            default -> unknown(name);
        };
    }

    private static Object member(List<?> arguments, String name) {
        Object named = arguments.isEmpty() ? null : arguments.getFirst();
        return Objects.requireNonNull(named instanceof Map<?, ?> map ? map.get(name) : null, "an argument is missing");
    }

    private static long integer(List<?> arguments, String name) {
        return ((Number) member(arguments, name)).longValue();
    }

    /** Takes ownership. */
    private static Promise<Result> callMe(Cap callback, long times) {
        return step(callback, times, 0)
                .map(sum -> new Result(object("sum", sum)))
                .attach(callback);
    }

    /** Calls back {@code left} times, one after another. */
    private static Promise<Long> step(Cap callback, long left, long sum) {
        if (left == 0) {
            return Promise.of(sum);
        }
        return callBack(callback, "", List.of(object("n", left - 1)))
                .then(result -> step(callback, left - 1, sum + integer(answered(result), "m")));
    }

    private static List<?> answered(Result result) {
        return List.of(Objects.requireNonNull(result.value(), "the callback gave nothing"));
    }

    private final class Level extends JsObject {
        private final long level;

        Level(long level) {
            this.level = level;
            liveNodes++;
        }

        @Override
        Promise<Result> call(String name, List<?> arguments) {
            return switch (name) {
                case "getNext" -> value(object("node", new Level(level + 1).cap(loop)));
                case "depth" -> value(object("value", level));
                default -> unknown(name);
            };
        }

        @Override
        public void released() {
            liveNodes--;
        }
    }

    private static final class Counter extends JsObject {
        private long bytes;
        private long chunks;

        @Override
        Promise<Result> call(String name, List<?> arguments) {
            return switch (name) {
                case "write" -> {
                    bytes += ((byte[]) member(arguments, "chunk")).length;
                    chunks++;
                    yield value(Map.of());
                }
                case "done" -> value(object("bytes", bytes, "chunks", chunks));
                default -> unknown(name);
            };
        }
    }

    /** A callback that gives one more than it is called with. */
    static final class Increment extends JsObject {
        @Override
        Promise<Result> call(String name, List<?> arguments) {
            return name.isEmpty() ? value(object("m", integer(arguments, "n") + 1)) : unknown(name);
        }
    }
}
