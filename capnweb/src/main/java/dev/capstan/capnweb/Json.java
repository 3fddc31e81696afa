package dev.capstan.capnweb;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the JSON text of one message into a {@link Tree}. What is wrong with the text is a {@link WebException} that knows the byte. */
final class Json {
    /** JavaScript needs at most 25 characters for a number; whoever sends more means harm. */
    private static final int NUMBER_CHARACTERS = 1_000;

    /** First elements of arrays. They are found without making a string of each. */
    private static final List<String> TAGS = List.of(
            "push",
            "pull",
            "resolve",
            "reject",
            "release",
            "stream",
            "pipe",
            "abort",
            "undefined",
            "inf",
            "-inf",
            "nan",
            "bigint",
            "date",
            "bytes",
            "error",
            "url",
            "headers",
            "request",
            "response",
            "blob",
            "export",
            "promise",
            "writable",
            "readable",
            "import",
            "pipeline",
            "remap");

    private static final String BYTES = "bytes";

    private final JsonParser parser;
    private final byte[] utf8;
    private final int from;
    private final int to;
    private final Limits limits;
    private int values;

    private Json(JsonParser parser, byte[] utf8, int from, int to, Limits limits) {
        this.parser = parser;
        this.utf8 = utf8;
        this.from = from;
        this.to = to;
        this.limits = limits;
    }

    /** What parses the messages of one peer: it remembers names, which are the peer's choice and must not fill the memory of others. */
    static JsonFactory parser() {
        // Our own guards are in front of Jackson's, and count the whole message.
        return JsonFactory.builder()
                // Interned names would outlive the peer that made them up.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .maxNumberLength(NUMBER_CHARACTERS)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** The tree of a message that belongs to no session. */
    static @Nullable Object parse(byte[] utf8, int offset, int length, Limits limits) {
        return parse(parser(), utf8, offset, length, limits);
    }

    /** The tree of a message. The bytes are only read, and not kept. */
    static @Nullable Object parse(JsonFactory factory, byte[] utf8, int offset, int length, Limits limits) {
        if (length > limits.messageBytes()) {
            throw WebException.at(
                    limits.messageBytes(),
                    "the message has " + length + " bytes, more than the limit of " + limits.messageBytes());
        }
        Utf8.check(utf8, offset, offset + length);
        for (int i = 0; i < Math.min(4, length); i++) {
            // JSON has no such bytes there, but Jackson takes them for a sign of UTF-16 and UTF-32.
            if (utf8[offset + i] == 0 || (i == 0 && utf8[offset] < 0)) {
                throw WebException.at(i, "this is not JSON, or there is a byte order mark in front");
            }
        }
        try (JsonParser parser = factory.createParser(utf8, offset, length)) {
            return new Json(parser, utf8, offset, offset + length, limits).message();
        } catch (JacksonException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw WebException.at(at, "this is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("An array cannot fail to be read.", e);
        }
    }

    private @Nullable Object message() throws IOException {
        Object tree = value(next(), limits.brackets());
        if (parser.nextToken() != null) {
            throw fault("something follows the message");
        }
        return tree;
    }

    private JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw WebException.at(to - from, "the message ends too early");
        }
        return token;
    }

    private @Nullable Object value(JsonToken token, int nesting) throws IOException {
        if (++values > limits.values()) {
            throw fault("the message holds more values than the limit of " + limits.values());
        }
        return switch (token) {
            case START_OBJECT -> object(nesting);
            case START_ARRAY -> array(nesting);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw fault("a value is missing");
        };
    }

    private Object integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getDoubleValue();
        };
    }

    private Map<String, @Nullable Object> object(int nesting) throws IOException {
        checkNesting(nesting);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            members.put(name, value(next(), nesting - 1));
            if (members.size() > limits.names()) {
                throw fault("an object has more members than the limit of " + limits.names());
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw fault("an object ends too early");
        }
        return members;
    }

    private List<@Nullable Object> array(int nesting) throws IOException {
        checkNesting(nesting);
        List<@Nullable Object> elements = new ArrayList<>(4);
        JsonToken token = next();
        if (token == JsonToken.VALUE_STRING) {
            values++;
            String tag = tag();
            elements.add(tag);
            token = next();
            if (token == JsonToken.VALUE_STRING && tag.equals(BYTES)) {
                values++;
                elements.add(base64());
                token = next();
            }
        }
        while (token != JsonToken.END_ARRAY) {
            if (elements.size() >= limits.elements()) {
                throw fault("an array has more elements than the limit of " + limits.elements());
            }
            elements.add(value(token, nesting - 1));
            token = next();
        }
        return elements;
    }

    private void checkNesting(int nesting) {
        if (nesting == 0) {
            throw fault("brackets nest deeper than " + limits.brackets() + ", the most that a depth of "
                    + limits.depth() + " takes");
        }
    }

    private String tag() throws IOException {
        int length = parser.getTextLength();
        char[] text = parser.getTextCharacters();
        int start = parser.getTextOffset();
        for (String tag : TAGS) {
            if (tag.length() == length && isAt(tag, text, start)) {
                return tag;
            }
        }
        return parser.getText();
    }

    private static boolean isAt(String tag, char[] text, int start) {
        for (int i = 0; i < tag.length(); i++) {
            if (tag.charAt(i) != text[start + i]) {
                return false;
            }
        }
        return true;
    }

    /** The bytes, or the string if that is spelled in another way than we would. Jackson skips a string that nobody asks for. */
    private Object base64() throws IOException {
        int start = from + Math.toIntExact(parser.currentTokenLocation().getByteOffset()) + 1;
        int end = start;
        while (end < to && utf8[end] != '"' && utf8[end] != '\\') {
            end++;
        }
        byte[] bytes = end < to && utf8[end] == '"' ? Base64Text.canonical(utf8, start, end) : null;
        return bytes == null ? parser.getText() : bytes;
    }

    private WebException fault(String what) {
        return WebException.at(Math.max(0, parser.currentTokenLocation().getByteOffset()), what);
    }
}
