package dev.capstan.gateway.compile;

import dev.capstan.capnp.AnyStruct;
import dev.capstan.capnp.Limits;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.MessageException;
import dev.capstan.capnp.MessageReader;
import dev.capstan.capnp.Storage;
import dev.capstan.capnp.StructReader;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.io.MessageInput;
import dev.capstan.capnp.io.MessageOutput;
import dev.capstan.capnp.io.Packed;
import dev.capstan.capnp.json.JsonCodec;
import dev.capstan.capnp.json.JsonException;
import dev.capstan.capnp.text.TextForm;
import dev.capstan.capnp.text.TextInput;
import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.LoadedSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The formats of {@code capnp convert}. A further one is a constant here, with its line in {@link #source} and in {@link #sink}.
 *
 * <p>Input comes from the user, so limits are wide: they stop what would not end or overflow the stack.
 */
enum MessageFormat {
    BINARY,
    PACKED,
    FLAT,
    FLAT_PACKED,
    CANONICAL,
    TEXT,
    JSON;

    private static final int MOST_BYTES = Integer.MAX_VALUE - 16;
    /** How often each word of a message may be visited: a few times it is read, and pointers may share what they lead to. */
    private static final int MOST_VISITS = 16;

    private static final dev.capstan.capnp.json.Limits JSON_LIMITS =
            new dev.capstan.capnp.json.Limits(512, MOST_BYTES, MOST_BYTES, 1 << 20, 1000, 1 << 28, 1 << 28, 1 << 16);
    private static final dev.capstan.capnp.text.Limits TEXT_LIMITS =
            new dev.capstan.capnp.text.Limits(MOST_BYTES, 512, 1L << 28);

    /**
     * How output is written.
     *
     * @param isShort text and JSON in one line
     * @param segmentWords size of segments in words, 0 for a single one
     */
    record Style(boolean isShort, int segmentWords) {}

    /** The format with a name, such as {@code flat-packed}. */
    static MessageFormat named(String name) throws InputException {
        for (MessageFormat format : values()) {
            if (format.toString().equals(name)) {
                return format;
            }
        }
        throw new InputException("unknown format: '" + name + "'. Formats are: "
                + Arrays.stream(values()).map(MessageFormat::toString).collect(Collectors.joining(", ")) + ".");
    }

    /** Whether it cannot be read or written without the type of the messages. */
    boolean needsSchema() {
        return isText();
    }

    /** Whether people can read it. */
    boolean isText() {
        return this == TEXT || this == JSON;
    }

    /** Whether nothing says where a message ends, so that there is one alone. */
    boolean isUnframed() {
        return this == FLAT || this == FLAT_PACKED || this == CANONICAL;
    }

    /** Messages in {@code in}; {@code type} must be there if {@link #needsSchema}. */
    MessageSource source(InputStream in, @Nullable StructSchema type) throws IOException {
        return switch (this) {
            case BINARY -> framed(new MessageInput(in, LoadedSchema.LIMITS));
            case PACKED -> framed(MessageInput.packed(in, LoadedSchema.LIMITS));
            case FLAT -> flat(in.readAllBytes(), false);
            case FLAT_PACKED -> flat(unpack(in.readAllBytes()), false);
            case CANONICAL -> flat(in.readAllBytes(), true);
            case TEXT -> text(new TextInput(in.readAllBytes(), TEXT_LIMITS), Objects.requireNonNull(type));
            case JSON -> json(new JsonTexts(in.readAllBytes()), Objects.requireNonNull(type));
        };
    }

    private static byte[] unpack(byte[] packed) {
        return Packed.unpack(packed, 0, packed.length, MOST_BYTES);
    }

    private static MessageSource framed(MessageInput input) {
        input.visitingAtMost(MOST_VISITS);
        return () -> {
            MessageReader message = input.next();
            return message == null ? null : message.root(AnyStruct.TYPE);
        };
    }

    private static MessageSource flat(byte[] bytes, boolean mustBeCanonical) {
        return new MessageSource() {
            private boolean isRead = bytes.length == 0;

            @Override
            public @Nullable StructReader next() throws InputException {
                if (isRead) {
                    return null;
                }
                isRead = true;
                // As in C++, bytes behind the last whole word are of no interest.
                Limits limits = LoadedSchema.LIMITS.withTraversalWords(
                        Math.max(Limits.DEFAULT.traversalWords(), (long) MOST_VISITS * (bytes.length / 8)));
                MessageReader message = MessageReader.of(List.of(Arrays.copyOf(bytes, bytes.length & ~7)), limits);
                if (mustBeCanonical && !message.isCanonical()) {
                    throw new InputException("The message is not in canonical form. Use flat:canonical to make it so.");
                }
                return message.root(AnyStruct.TYPE);
            }
        };
    }

    private static MessageSource text(TextInput input, StructSchema type) {
        return () -> {
            if (!input.hasNext()) {
                return null;
            }
            DynamicStruct.Builder root = new MessageBuilder().initRoot(type.structType());
            input.next(root);
            return root.asReader();
        };
    }

    private static JsonCodec.Builder json() {
        return JsonCodec.builder().annotations().limits(JSON_LIMITS);
    }

    private static MessageSource json(JsonTexts texts, StructSchema type) {
        JsonCodec codec = json().build();
        return () -> {
            byte[] text = texts.next();
            if (text == null) {
                return null;
            }
            DynamicStruct.Builder root = new MessageBuilder().initRoot(type.structType());
            try {
                codec.decode(text, root);
            } catch (JsonException e) {
                throw new InputException(texts.located(e));
            }
            return root.asReader();
        };
    }

    /** Writes messages to {@code out}; {@code type} must be there if {@link #needsSchema}. */
    MessageSink sink(OutputStream out, @Nullable StructSchema type, Style style) {
        return switch (this) {
            case BINARY -> framed(new MessageOutput(out), style);
            case PACKED -> framed(MessageOutput.packed(out), style);
            case FLAT -> root -> out.write(flat(root));
            case FLAT_PACKED ->
                root -> {
                    byte[] words = flat(root);
                    out.write(Packed.pack(words, 0, words.length));
                };
            case CANONICAL -> root -> out.write(root.canonical());
            case TEXT -> text(out, Objects.requireNonNull(type), style);
            case JSON -> json(out, Objects.requireNonNull(type), style);
        };
    }

    private static MessageSink framed(MessageOutput output, Style style) {
        return root -> output.write(
                style.segmentWords > 0
                        ? copy(root, Storage.heap(style.segmentWords).fixed())
                        : single(root));
    }

    private static MessageBuilder single(StructReader root) throws InputException {
        long words = root.totalSizeWords() + 1;
        if (words > MOST_BYTES / 8) {
            throw new InputException("The message is larger than 2 GiB, which is more than this command can write.");
        }
        return copy(root, Storage.heap((int) words));
    }

    private static MessageBuilder copy(StructReader root, Storage storage) {
        MessageBuilder message = new MessageBuilder(storage);
        message.setRoot(root);
        return message;
    }

    private static byte[] flat(StructReader root) throws InputException {
        List<ByteBuffer> segments = single(root).segments();
        if (segments.size() != 1) {
            throw MessageException.inFrame("The message does not fit one segment", -1);
        }
        ByteBuffer segment = segments.getFirst();
        byte[] words = new byte[segment.remaining()];
        segment.duplicate().get(words);
        return words;
    }

    private static MessageSink text(OutputStream out, StructSchema type, Style style) {
        return root -> {
            DynamicStruct.Reader struct = DynamicStruct.of(type, root);
            String text = style.isShort ? TextForm.compact(struct, TEXT_LIMITS) : TextForm.pretty(struct, TEXT_LIMITS);
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        };
    }

    private static MessageSink json(OutputStream out, StructSchema type, Style style) {
        JsonCodec codec = (style.isShort ? json() : json().pretty()).build();
        return root -> {
            try {
                out.write((codec.encode(DynamicStruct.of(type, root)) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (JsonException e) {
                throw new InputException(String.valueOf(e.getMessage()));
            }
        };
    }

    /** The name that users give. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
