package dev.capstan.capnweb;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.cap.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a function does with stubs, as the program of a map. The function runs once, here, on a stub that stands for each element.
 *
 * <p>Numbers are those of the TypeScript implementation, line for line: a call captures what it is made on anew, arguments and subjects of nested maps once for each stub; arguments come before
 * what is called.
 */
final class MapRecorder implements Outgoing {
    private static final ScopedValue<MapRecorder> CURRENT = ScopedValue.newInstance();

    private final Loop loop;
    private final @Nullable MapRecorder outer;
    private final Limits limits = Limits.DEFAULT;
    private final MapBudget budget = new MapBudget(limits);
    private final Map<Object, Integer> captured = new HashMap<>();
    /** What the outermost map captures; owned until the recording has them. */
    private final List<StubState> states = new ArrayList<>(0);
    /** What a nested one captures, as the one around it names it. */
    private final List<Integer> outerNames = new ArrayList<>(0);

    private final List<String> instructions = new ArrayList<>();

    /** What was captured, each of which the receiver owns, and the instructions as the tree of their JSON. */
    record Recording(List<StubState> captures, List<@Nullable Object> instructions) {}

    /** A stub inside of an instruction. */
    private record Named(int index, Path.Names place, boolean isObject) implements Deferred {}

    /** What a call is made on: captured once more each time, so that it is compared by identity. */
    private static final class Anew {
        final StubOwner owner;

        Anew(StubOwner owner) {
            this.owner = owner;
        }
    }

    private MapRecorder(Loop loop, @Nullable MapRecorder outer) {
        this.loop = loop;
        this.outer = outer;
    }

    /** The recorder of the function that runs on this thread; null if none does. */
    static @Nullable MapRecorder current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** Records {@code each}. */
    static Recording record(Loop loop, Function<Stub, ? extends @Nullable Object> each) {
        MapRecorder recorder = new MapRecorder(loop, null);
        try {
            recorder.run(each);
            byte[] json = recorder.text().getBytes(StandardCharsets.UTF_8);
            if (!(Json.parse(json, 0, json.length, recorder.limits) instanceof List<?> tree)) {
                throw new AssertionError("instructions are a list");
            }
            return new Recording(recorder.states, new ArrayList<>(tree));
        } catch (Throwable e) {
            recorder.states.forEach(StubState::close);
            throw e;
        }
    }

    private void run(Function<Stub, ? extends @Nullable Object> each) {
        Object result = ScopedValue.where(CURRENT, this).call(() -> each.apply(variable(0)));
        if (result instanceof Promise || result instanceof CompletionStage || result instanceof Future) {
            throw new IllegalArgumentException(
                    "the function of a map cannot wait for anything: return the stub itself, whose value is put in its place when the map runs");
        }
        add(write(result));
    }

    private Stub variable(int index) {
        return new Stub(new MapVariable(this, index), loop);
    }

    private Stub add(String instruction) {
        instructions.add(instruction);
        budget.checkInstructions(instructions.size());
        return variable(instructions.size());
    }

    private String text() {
        return instructions.stream().collect(Collectors.joining(",", "[", "]"));
    }

    /** Records a call. */
    Stub call(Stub target, Path.Names path, List<? extends @Nullable Object> arguments) {
        String written = arguments.stream().map(this::write).collect(Collectors.joining(",", "[", "]"));
        Object root = target.root() instanceof StubOwner owner ? new Anew(owner) : target.root();
        JsonWriter out = new JsonWriter(64);
        out.raw("[\"pipeline\",").number(capture(root)).raw(',');
        OutgoingNames.path(out, target.place().then(path));
        return add(out.raw(',').toString() + written + ']');
    }

    /** Records a map inside of this one. */
    Stub map(Stub subject, Function<Stub, ? extends @Nullable Object> each) {
        JsonWriter out = new JsonWriter(64);
        out.raw("[\"remap\",").number(capture(subject.root())).raw(',');
        OutgoingNames.path(out, subject.place());
        MapRecorder nested = new MapRecorder(loop, this);
        nested.run(each);
        String captures = nested.outerNames.stream()
                .map(name -> "[\"import\"," + name + "]")
                .collect(Collectors.joining(",", "[", "]"));
        return add(out.raw(',').toString() + captures + ',' + nested.text() + ']');
    }

    /** How instructions name {@code root}: a {@link MapVariable}, a {@link StubOwner} or {@link Anew}. */
    private int capture(Object root) {
        if (root instanceof MapVariable(Object recorder, int index) && recorder == this) {
            return index;
        }
        Integer known = captured.get(root);
        if (known != null) {
            return known;
        }
        int name;
        if (outer != null) {
            outerNames.add(outer.capture(root));
            name = -outerNames.size();
        } else {
            states.add(
                    switch (root) {
                        case StubOwner owner -> owner.share();
                        case Anew anew -> anew.owner.share();
                        default ->
                            throw new IllegalStateException(
                                    "this value belongs to another map, which has ended: return it from that map's function");
                    });
            name = -states.size();
        }
        captured.put(root, name);
        return name;
    }

    private String write(@Nullable Object tree) {
        Object named = StubValues.replaced(tree, this::named, false, 0);
        JsonWriter out = new JsonWriter(64);
        new Encoder(out, limits, this, Compat.V0_12).value(named);
        return out.toString();
    }

    private @Nullable Object named(@Nullable Object leaf) {
        return switch (leaf) {
            case Stub stub -> new Named(capture(stub.root()), stub.place(), stub.isObject());
            case Cap cap -> throw local("A capability");
            case Target target -> throw local("An object");
            case Function<?, ?> function -> throw local("A function");
            case PromisedValue promised -> throw local("A promise");
            case null, default -> leaf;
        };
    }

    private static WebException local(String what) {
        return WebException.of(
                what
                        + " cannot be made inside of the function of a map, which runs elsewhere: make a Stub of it before, and use that inside.");
    }

    @Override
    public void deferred(JsonWriter out, Deferred promise) {
        if (!(promise instanceof Named(int index, Path.Names place, boolean isObject))) {
            throw local("A promise");
        }
        out.raw(isObject ? "[\"import\"," : "[\"pipeline\",").number(index);
        if (!place.isEmpty()) {
            OutgoingNames.path(out.raw(','), place);
        }
        out.raw(']');
    }

    @Override
    public void stub(JsonWriter out, Cap cap) {
        throw local("A capability");
    }

    @Override
    public JsError told(JsError error, @Nullable Throwable thrown) {
        return error;
    }

    @Override
    public void readable(JsonWriter out, Readable stream) {
        throw local("A stream");
    }

    @Override
    public void writable(JsonWriter out, Writable stream) {
        throw local("A stream");
    }

    @Override
    public void blob(JsonWriter out, Blob blob) {
        throw local("A blob");
    }
}
