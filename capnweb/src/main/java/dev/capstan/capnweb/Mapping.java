package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Path;
import dev.capstan.cap.QueuedCap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs map programs: on each element of an array, not at all on null and undefined, once on anything else. What lives at a peer is mapped there.
 *
 * <p>A map is as one call to whoever made it: it fails as a whole if its program is wrong or too expensive. What fails inside of a call that the program makes fails the one
 * promise that stands for it.
 */
final class Mapping {
    private final Loop loop;
    private final Limits limits;
    private final MapBudget budget;
    private final int depth;

    private Mapping(Loop loop, Limits limits, MapBudget budget, int depth) {
        this.loop = loop;
        this.limits = limits;
        this.budget = budget;
        this.depth = depth;
    }

    /** The maps of one message. */
    static Mapping of(Loop loop, Limits limits) {
        return new Mapping(loop, limits, new MapBudget(limits), 1);
    }

    Mapping nested() {
        return new Mapping(loop, limits, budget, depth + 1);
    }

    Loop loop() {
        return loop;
    }

    Limits limits() {
        return limits;
    }

    MapBudget budget() {
        return budget;
    }

    /** Maps what lies at {@code path} in {@code subject}, which is borrowed. Takes ownership of {@code program}. The caller owns the result, broken if the map fails. */
    Exports.Pushed map(Cap subject, Path.Names path, MapProgram program) {
        try {
            budget.checkDepth(depth);
            budget.checkInstructions(program.instructions().size());
            if (program.instructions().isEmpty()) {
                throw Errors.type("Invalid empty mapper function.");
            }
            return begin(subject, path, program);
        } catch (WebException | Failure e) {
            program.close();
            return new Exports.Pushed(new BrokenCap(Errors.failure(e)), null);
        }
    }

    private Exports.Pushed begin(Cap subject, Path.Names path, MapProgram program) {
        Cap inner = subject.innermost();
        return switch (inner) {
            case RemoteCap remote -> {
                Answer answer = remote.map(path, program);
                program.close();
                Cap cap = answer.pipeline().cap(Path.Names.NONE);
                answer.pipeline().close();
                yield new Exports.Pushed(cap, answer.results());
            }
            case PropertyCap property ->
                begin(property.object(), property.place().then(path), program);
            case ValueCap plain -> inside(plain, path, program);
            case BrokenCap broken when broken.isNull() -> here(null, program);
            default -> {
                Promise<Cap> next = inner.resolution();
                yield next == null ? object(inner, path, program) : later(inner, next, path, program);
            }
        };
    }

    private Exports.Pushed inside(ValueCap plain, Path.Names path, MapProgram program) {
        Object at = plain.value();
        List<Object> steps = path.steps();
        for (int i = 0; i < steps.size(); i++) {
            Cap further = Values.leadingOn(at);
            if (further != null) {
                return begin(further, path.from(i), program);
            }
            at = Values.step(at, steps.get(i));
        }
        Cap further = Values.leadingOn(at);
        return further != null ? begin(further, Path.Names.NONE, program) : here(at, program);
    }

    /** An object of this process: what it has at {@code path}, or itself as the one element. */
    private Exports.Pushed object(Cap object, Path.Names path, MapProgram program) {
        if (path.isEmpty()) {
            return here(object, program);
        }
        Answer read = Delivery.send(loop, object, path, null, limits.values(), Hints.NONE);
        read.pipeline().close();
        return later(
                object,
                read.results().convert(payload -> new ValueCap(WebPayload.of(payload), Path.Names.NONE)),
                path.from(path.steps().size()),
                program);
    }

    /** What is mapped is not known yet, and not before {@code waitedFor} is, which is borrowed. */
    private Exports.Pushed later(Cap waitedFor, Promise<Cap> subject, Path.Names path, MapProgram program) {
        Promise.Cancelable[] waiting = new Promise.Cancelable[1];
        QueuedCap mapped = new QueuedCap(loop, () -> {
            waiting[0].cancel();
            program.close();
        });
        mapped.waitsFor(List.of(waitedFor));
        waiting[0] = subject.listen(loop, (known, failure) -> {
            if (known == null) {
                program.close();
                mapped.fail(Failure.of(failure == null ? Failure.failed("no value") : failure));
            } else {
                try (known) {
                    mapped.resolve(map(known, path, program).leave());
                }
            }
        });
        return new Exports.Pushed(mapped, MapResults.of(loop, mapped));
    }

    /** Maps a value; borrows it. */
    private Exports.Pushed here(@Nullable Object value, MapProgram program) {
        try (program) {
            Object mapped = value == null || value == JsValue.UNDEFINED
                    ? value
                    : value instanceof List<?> list ? each(list, program) : new MapRun(this, program).run(value);
            Cap further = Values.leadingOn(mapped);
            Cap cap = further != null ? further : new ValueCap(WebPayload.holding(mapped), Path.Names.NONE);
            return new Exports.Pushed(cap, MapResults.of(loop, cap));
        }
    }

    private List<@Nullable Object> each(List<?> list, MapProgram program) {
        budget.checkElements(list.size());
        MapRun run = new MapRun(this, program);
        List<@Nullable Object> results = new ArrayList<>(list.size());
        try {
            for (Object element : list) {
                results.add(run.run(element));
            }
            return results;
        } catch (WebException | Failure e) {
            Values.close(Values.owned(results));
            throw e;
        }
    }
}
