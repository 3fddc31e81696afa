package dev.capstan.fuzz;

import dev.capstan.capnp.AnyList;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.AnyStruct;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Orphan;
import dev.capstan.capnp.Text;
import dev.capstan.capnp.Walk;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.json.JsonCodec;
import dev.capstan.capnp.json.JsonException;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestDefaults;
import dev.capstan.capnp.text.TextForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Operations of {@link Target#VALUES}: what is done with a whole message, without asking it anything first. */
final class Values {
    private static final StructSchema ALL_TYPES = new SchemaLoader().load(TestAllTypes.TYPE);
    private static final StructSchema DEFAULTS = new SchemaLoader().load(TestDefaults.TYPE);

    /** How often {@link #orphans} takes something out and puts it back. */
    private static final int MOVES = 12;

    private static final int LARGEST_LIST = 24;

    /** A word of eight characters is a step of {@link #print}. */
    private static final int CHARACTERS_PER_STEP = 8;

    /** All fields are printed by name, those of small structs too. */
    private static final Operation.Cost PRINTING = new Operation.Cost(8192, 4 << 20, 64, 1 << 13);

    private static final JsonCodec JSON = JsonCodec.builder(new SchemaLoader()).build();

    static final List<Operation> OPERATIONS = List.of(
            new Operation("total size", Values::totalSize),
            new Operation("canonical form", Values::canonical),
            new Operation("comparison", Values::comparison),
            new Operation("copy", Values::copy),
            new Operation("orphans", Values::orphans),
            new Operation("dynamic values", Values::dynamic),
            new Operation("print as text and JSON", Values::print, PRINTING));

    private Values() {}

    /** Twice what is there: the size is counted first, then all is read; more would be copies of copies. */
    private static Limits limits(byte[] input) {
        return Limits.DEFAULT.withTraversalWords(2L * (input.length / 8 + 8));
    }

    private static MessageReader message(byte[] input) {
        return MessageReader.of(input, 0, input.length, limits(input));
    }

    private static AnyPointer.Reader sound(byte[] segment) {
        return MessageReader.of(List.of(segment), Limits.DEFAULT).root();
    }

    private static long totalSize(byte[] input) {
        try {
            long words = message(input).root().targetSizeWords();
            if (words > limits(input).traversalWords()) {
                throw new AssertionError(words + " words are more than the limit");
            }
            return words;
        } catch (MessageException e) {
            return 1;
        }
    }

    private static long canonical(byte[] input) {
        boolean isCanonical = false;
        byte[] form;
        try {
            MessageReader message = message(input);
            isCanonical = message.isCanonical();
            form = message(input).root().canonical();
        } catch (MessageException e) {
            if (isCanonical) {
                throw new AssertionError("canonical, but it has no canonical form", e);
            }
            return 1;
        }
        AnyPointer.Reader root = sound(form);
        if (!Arrays.equals(form, root.canonical())
                || !MessageReader.of(List.of(form), Limits.DEFAULT).isCanonical()) {
            throw new AssertionError("the canonical form is not its own");
        }
        if (8 + 8 * root.targetSizeWords() != form.length) {
            throw new AssertionError("the canonical form has gaps");
        }
        if (!root.contentEquals(unlimited(input))) {
            throw new AssertionError("the canonical form has another content");
        }
        return form.length;
    }

    /** The root, for a second look at what was read under a limit before. */
    private static AnyPointer.Reader unlimited(byte[] input) {
        return MessageReader.of(input, 0, input.length, Limits.DEFAULT).root();
    }

    private static long comparison(byte[] input) {
        try {
            AnyPointer.Reader one = message(input).root();
            AnyPointer.Reader other = message(input).root();
            boolean equal = one.contentEquals(other);
            if (equal != other.contentEquals(one)) {
                throw new AssertionError("equal one way only");
            }
            if (!equal && isSound(input)) {
                throw new AssertionError("not equal to itself");
            }
        } catch (MessageException e) {
            // Refused, as documented.
        }
        return limits(input).traversalWords();
    }

    /** Whether nothing in a message is wrong, and no capability is in it, whose table is not there. */
    private static boolean isSound(byte[] input) {
        try {
            message(input).root().canonical();
            return true;
        } catch (MessageException e) {
            return false;
        }
    }

    private static MessageBuilder copyOf(byte[] input) {
        MessageBuilder copy = new MessageBuilder(1 + input.length % 64);
        try {
            copy.root().set(message(input).root());
        } catch (MessageException e) {
            // What was copied until then stays, and is sound.
        }
        return copy;
    }

    private static long copy(byte[] input) {
        MessageBuilder copy = copyOf(input);
        Walk walk = checkSound(copy);
        if (copy.sizeWords() > 4 * limits(input).traversalWords()) {
            throw new AssertionError("a copy of " + copy.sizeWords() + " words");
        }
        if (isSound(input) && !copy.asReader().contentEquals(unlimited(input))) {
            throw new AssertionError("a copy has another content");
        }
        copy.reset();
        return walk.steps();
    }

    /** All pointers lead to something within the message; the walk takes some of it for what it is not, which is no fault of the message. */
    private static Walk checkSound(MessageBuilder message) {
        byte[] frame = message.toByteArray();
        // Each move may have put a struct behind the last pointer of a message that was as deep as may be.
        Limits limits = Limits.DEFAULT.withNesting(Limits.DEFAULT.nesting() + MOVES);
        Walk walk = new Walk();
        try {
            MessageReader.of(frame, 0, frame.length, limits).root().targetSizeWords();
        } catch (MessageException e) {
            throw new AssertionError("what was built is malformed", e);
        }
        try {
            walk.pointer(MessageReader.of(frame, 0, frame.length, limits).root());
        } catch (MessageException e) {
            // Too much was taken for what it is not.
        }
        return walk;
    }

    /** Takes things out of a copy, changes their size, puts them back or forgets them; what is left is sound after each. */
    private static long orphans(byte[] input) {
        MessageBuilder message = copyOf(input);
        Random random = new Random(Arrays.hashCode(input));
        long steps = 0;
        for (int i = 0; i < MOVES; i++) {
            List<AnyPointer.Builder> places = new ArrayList<>();
            collect(message.root(), places, 0);
            AnyPointer.Builder place = places.get(random.nextInt(places.size()));
            move(place, random);
            steps += places.size();
        }
        return steps + checkSound(message).steps();
    }

    private static void move(AnyPointer.Builder place, Random random) {
        switch (place.kind()) {
            case LIST -> {
                AnyList.Reader list = place.asReader().as(AnyList.TYPE);
                AnyList.Encoding encoding = list.encoding();
                // How large an element of a list without elements would be is the sender's word alone; a program that
                // adds one has to trust it.
                boolean grows = encoding != AnyList.Encoding.COMPOSITE || !list.isEmpty();
                int size = grows ? random.nextInt(LARGEST_LIST) : 0;
                if (encoding == AnyList.Encoding.BYTE && random.nextBoolean()) {
                    resize(place, place.disown(Data.TYPE), size);
                } else if (encoding == AnyList.Encoding.BYTE && isText(place)) {
                    resize(place, place.disown(Text.TYPE), size);
                } else {
                    resize(place, place.disown(AnyList.TYPE), size);
                }
            }
            case STRUCT -> {
                Orphan<AnyStruct.Builder, AnyStruct.Reader> orphan = place.disown(AnyStruct.TYPE);
                if (random.nextInt(3) == 0) {
                    orphan.close();
                } else {
                    place.adopt(orphan);
                    // A newer schema has more fields; what is there moves to a larger place.
                    place.as(AnyStruct.type(1 + random.nextInt(4), 1 + random.nextInt(4)));
                }
            }
            case NULL -> place.init(AnyStruct.type(random.nextInt(3), random.nextInt(3)));
            case CAPABILITY -> place.disown(AnyPointer.CAPABILITY).close();
        }
    }

    private static boolean isText(AnyPointer.Builder place) {
        Data bytes = place.asReader().as(Data.TYPE);
        return bytes.size() > 0 && bytes.get(bytes.size() - 1) == 0;
    }

    private static void resize(AnyPointer.Builder place, Orphan<?, ?> orphan, int size) {
        orphan.resize(size);
        place.adopt(orphan);
    }

    private static void collect(AnyPointer.Builder pointer, List<AnyPointer.Builder> places, int depth) {
        if (places.size() >= 100) {
            return;
        }
        places.add(pointer);
        switch (pointer.kind()) {
            case STRUCT -> collect(pointer.as(AnyStruct.TYPE), places, depth);
            case LIST -> {
                AnyList.Encoding encoding = pointer.asReader().as(AnyList.TYPE).encoding();
                if (encoding == AnyList.Encoding.COMPOSITE || encoding == AnyList.Encoding.POINTER) {
                    AnyList.Builder list = pointer.as(AnyList.TYPE);
                    for (int i = 0; i < Math.min(list.size(), LARGEST_LIST); i++) {
                        collect(list.get(i), places, depth);
                    }
                }
            }
            default -> {}
        }
    }

    private static void collect(AnyStruct.Builder struct, List<AnyPointer.Builder> places, int depth) {
        for (int i = 0; i < Math.min(struct.pointerCount(), LARGEST_LIST); i++) {
            collect(struct.pointer(i), places, depth + 1);
        }
    }

    private static long dynamic(byte[] input) {
        DynamicWalk walk = new DynamicWalk();
        for (StructSchema schema : List.of(ALL_TYPES, DEFAULTS)) {
            try {
                walk.value(message(input).root(schema.structType()));
            } catch (MessageException e) {
                // Refused, as documented.
            }
        }
        return walk.steps();
    }

    /** What is printed may grow with the message like other work, but no faster. */
    private static long print(byte[] input) {
        long characters = 0;
        List<Function<DynamicStruct.Reader, String>> forms =
                List.of(TextForm::compact, TextForm::pretty, JSON::encode, DynamicStruct.Reader::toString);
        for (StructSchema schema : List.of(ALL_TYPES, DEFAULTS)) {
            for (Function<DynamicStruct.Reader, String> form : forms) {
                try {
                    String text = form.apply(message(input).root(schema.structType()));
                    if (text.isEmpty()) {
                        throw new AssertionError("nothing was printed");
                    }
                    characters += text.length();
                } catch (MessageException | JsonException e) {
                    // Refused, as documented.
                }
            }
        }
        return characters / CHARACTERS_PER_STEP;
    }
}
