package dev.capstan.capnweb;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.BrokenCap;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program on one value after the other. Inside of it, {@code 0} names the value, {@code 1} and so on what the instructions have made, {@code -1} and so on
 * what was captured; nothing else has a name.
 *
 * <p>Calls are sent when their instruction is reached and are done though nobody uses their results. What an instruction makes lives until the run ends, or as long as the result needs it.
 */
final class MapRun implements Incoming {
    private final Mapping mapping;
    private final MapProgram program;
    private final Decoder decoder;
    /** The element, then what each instruction has made; owned. */
    private final List<Cap> variables = new ArrayList<>();

    private final Made made = new Made();

    /** Borrows {@code program}. */
    MapRun(Mapping mapping, MapProgram program) {
        this.mapping = mapping;
        this.program = program;
        this.decoder = new Decoder(mapping.limits(), this);
    }

    /** What the program makes of {@code element}, which is borrowed; the caller owns it. */
    @Nullable
    Object run(@Nullable Object element) {
        try {
            variables.add(variable(shared(element)));
            int last = program.instructions().size() - 1;
            for (int i = 0; i < last; i++) {
                variables.add(variable(evaluate(i)));
            }
            return evaluate(last);
        } finally {
            variables.forEach(Cap::close);
            variables.clear();
        }
    }

    private @Nullable Object evaluate(int index) {
        mapping.budget().spend(program.size(index));
        made.clear();
        try {
            return decoder.value(program.instructions().get(index));
        } catch (WebException | Failure e) {
            made.close();
            throw e;
        }
    }

    /** Takes ownership. */
    private static Cap variable(@Nullable Object value) {
        Cap cap = Values.leadingOn(value);
        return cap != null ? cap : new ValueCap(WebPayload.holding(value), Path.Names.NONE);
    }

    /** A value with references of its own, paid for. */
    private @Nullable Object shared(@Nullable Object value) {
        List<AutoCloseable> owned = Values.owned(value);
        mapping.budget().spend(1L + owned.size());
        return owned.isEmpty() ? value : Values.share(value);
    }

    private Cap named(long id) {
        List<Cap> from = id < 0 ? program.captures() : variables;
        long index = id < 0 ? -(id + 1) : id;
        if (index >= from.size()) {
            throw WebException.of("no such entry on exports table: " + id);
        }
        return from.get((int) index);
    }

    /** The number in a capture, whose form the decoder has checked. */
    static long name(List<?> capture) {
        return Objects.requireNonNull(Tree.integer(capture.get(1)));
    }

    @Override
    public Object imported(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Object value = pipelined(id, path, args);
        if (value instanceof PromisedValue promised) {
            made.takenOver(List.of(promised));
            return made.add(promised.cap());
        }
        return value;
    }

    @Override
    @SuppressWarnings("NullAway") // null is a value
    public Object pipelined(long id, Path.Names path, @Nullable List<@Nullable Object> args) {
        Cap root = named(id);
        if (args != null) {
            made.takenOver(Values.owned(args));
            return made.add(call(root, path, args));
        }
        Cap inner = root.innermost();
        if (inner instanceof ValueCap plain) {
            return value(plain, path);
        }
        boolean isTold = id < 0 && inner instanceof ImportCap;
        if (!path.isEmpty() || isTold || inner instanceof PropertyCap) {
            // Read now, in the order of the instructions. What was captured from the sender may be a promise of its own
            // that it
            // sends as an object, because it knows it by now.
            return made.add(call(root, path, null));
        }
        Promise<Cap> further = inner.resolution();
        if (further == null) {
            return made.add(root.share());
        }
        further.cancel();
        return made.add(new PromisedValue(root.share()));
    }

    private @Nullable Object value(ValueCap plain, Path.Names path) {
        Object at = plain.value();
        List<Object> steps = path.steps();
        for (int i = 0; i < steps.size(); i++) {
            Cap further = Values.leadingOn(at);
            if (further != null) {
                return made.add(call(further, path.from(i), null));
            }
            try {
                at = Values.step(at, steps.get(i));
            } catch (Failure e) {
                return made.add(new PromisedValue(new BrokenCap(e)));
            }
        }
        mapping.budget().use(at);
        Object value = plain.isPlain() ? at : shared(at);
        if (!plain.isPlain()) {
            Values.owned(value).forEach(made::add);
        }
        return value;
    }

    private PromisedValue call(Cap target, Path.Names path, @Nullable List<@Nullable Object> arguments) {
        List<Cap> operands = Circles.operands(target, arguments);
        Answer answer = Delivery.send(
                mapping.loop(), target, path, arguments, mapping.limits().values(), Hints.NONE);
        Cap result = answer.pipeline().cap(Path.Names.NONE);
        answer.pipeline().close();
        Circles.waits(result, operands);
        if (target.innermost() instanceof RemoteCap) {
            // To wait for it would ask for it.
            answer.results().cancel();
        } else {
            answer.results().listen(mapping.loop(), (payload, failure) -> {
                if (payload != null) {
                    payload.close();
                }
            });
        }
        return new PromisedValue(result);
    }

    @Override
    public Object remap(
            long id, Path.Names path, List<@Nullable Object> captures, List<@Nullable Object> instructions) {
        List<Cap> named = new ArrayList<>(captures.size());
        for (Object capture : captures) {
            if (!(capture instanceof List<?> pair) || !"import".equals(pair.get(0))) {
                throw exports();
            }
            named.add(named(name(pair)));
        }
        Cap subject = named(id);
        mapping.budget().spend(named.size());
        named.replaceAll(Cap::share);
        Cap mapped = mapping.nested()
                .map(subject, path, new MapProgram(named, instructions))
                .leave();
        return made.add(new PromisedValue(mapped));
    }

    @Override
    public void dropped(@Nullable Object value) {
        List<AutoCloseable> all = Values.owned(value);
        made.takenOver(all);
        Values.close(all);
    }

    @Override
    public Cap export(long id) {
        throw exports();
    }

    @Override
    public Object promise(long id) {
        throw exports();
    }

    @Override
    public Object writable(long id) {
        throw exports();
    }

    @Override
    public Object readable(long id) {
        throw exports();
    }

    @Override
    public Object blob(String type, Object content) {
        throw exports();
    }

    private static WebException exports() {
        return WebException.of("A mapper function cannot refer to exports: the map captures what it needs.");
    }
}
