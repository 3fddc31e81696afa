package dev.capstan.gateway.frames;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON that somebody sent: lists, maps, texts, booleans, nulls, and numbers as they are written. */
final class Json {
    /** Brackets within brackets: as many as Cap'n Web has levels by default, each of which takes two. */
    private static final int NESTING = 520;

    private final JsonFactory factory;

    /** A number, in the letters of its sender. */
    record Digits(String text) {}

    Json(Limits limits) {
        factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING)
                        .maxStringLength(limits.messageBytes())
                        .maxNumberLength(limits.messageBytes())
                        .build())
                .build();
    }

    /** @throws IOException if it is not one whole value; the text says what is wrong */
    @Nullable
    Object parse(byte[] array, int offset, int length) throws IOException {
        try (JsonParser parser = factory.createParser(array, offset, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IOException("there is nothing where JSON should be");
            }
            Object value = value(parser, first);
            if (parser.nextToken() != null) {
                throw new IOException("something follows the message");
            }
            return value;
        }
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                JsonToken next;
                while ((next = parser.nextToken()) != JsonToken.END_ARRAY) {
                    elements.add(value(parser, next));
                }
                yield elements;
            }
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    members.put(name, value(parser, parser.nextToken()));
                }
                yield members;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Digits(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("this is not JSON: " + token);
        };
    }
}
