package dev.capstan.capnweb.resume;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.capstan.capnweb.resume.Control.Ack;
import dev.capstan.capnweb.resume.Control.Close;
import dev.capstan.capnweb.resume.Control.Confirm;
import dev.capstan.capnweb.resume.Control.New;
import dev.capstan.capnweb.resume.Control.Ping;
import dev.capstan.capnweb.resume.Control.Pong;
import dev.capstan.capnweb.resume.Control.Refuse;
import dev.capstan.capnweb.resume.Control.Renewal;
import dev.capstan.capnweb.resume.Control.Resume;
import dev.capstan.capnweb.resume.Control.Welcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads and writes control messages. Members that are not known are skipped, so that later versions can add some; kinds that are not known are mistakes. */
final class ControlCodec {
    private static final long MOST = (1L << 53) - 1;
    private static final int MOST_DIGITS = 20;
    private static final int MOST_MEMBERS = 16;

    private final int mostBytes;
    private final JsonFactory json;

    ControlCodec(int mostBytes) {
        this.mostBytes = mostBytes;
        this.json = JsonFactory.builder()
                // Names are the peer's choice.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(1)
                        .maxNumberLength(MOST_DIGITS)
                        .maxStringLength(mostBytes)
                        .build())
                .build();
    }

    /** What was said is no control message, or not at this point. The text may be told to the peer. */
    static final class Mistake extends RuntimeException {
        private static final long serialVersionUID = 1;

        Mistake(String message) {
            super(message, null, false, false);
        }
    }

    /** Whether a message is not the session's. */
    static boolean isControl(byte[] array, int offset, int length) {
        return length > 0 && array[offset] == '{';
    }

    // ---- reading

    Control read(byte[] array, int offset, int length) {
        if (length > mostBytes) {
            throw new Mistake(
                    "a control message of " + length + " bytes is longer than " + mostBytes + ", which is the limit");
        }
        Map<String, Object> members = members(array, offset, length);
        String kind = members.isEmpty() ? "" : members.keySet().iterator().next();
        return switch (kind) {
            case "new" -> new New();
            case "resume" -> new Resume(text(members, kind), number(members, "received"));
            case "token" ->
                members.containsKey("received")
                        ? new Welcome(
                                text(members, kind),
                                number(members, "generation"),
                                number(members, "received"),
                                number(members, "grace"))
                        : new Renewal(text(members, kind), number(members, "generation"));
            case "refused" -> new Refuse(text(members, kind), text(members, "reason"));
            case "confirm" -> new Confirm(number(members, kind));
            case "ack" -> new Ack(number(members, kind));
            case "ping" -> new Ping(number(members, kind));
            case "pong" -> new Pong(number(members, kind));
            case "close" -> new Close(text(members, kind));
            default -> throw new Mistake("there is no control message of this kind");
        };
    }

    private Map<String, Object> members(byte[] array, int offset, int length) {
        Map<String, Object> members = new LinkedHashMap<>();
        try (JsonParser parser = json.createParser(array, offset, length)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                Object value = switch (parser.nextToken()) {
                    case VALUE_STRING -> parser.getText();
                    case VALUE_NUMBER_INT -> parser.getLongValue();
                    case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_FLOAT -> parser.currentToken();
                    case null, default -> throw new Mistake("a control message holds texts and numbers");
                };
                if (members.putIfAbsent(name, value) != null || members.size() > MOST_MEMBERS) {
                    throw new Mistake("a control message has few members, and each once");
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new Mistake("a control message is one JSON object");
            }
        } catch (IOException e) {
            throw new Mistake("a control message is one JSON object that holds texts and numbers");
        }
        return members;
    }

    private static String text(Map<String, Object> members, String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new Mistake("'" + name + "' is a text here");
    }

    private static long number(Map<String, Object> members, String name) {
        if (members.get(name) instanceof Long number && number >= 0 && number <= MOST) {
            return number;
        }
        throw new Mistake("'" + name + "' is a whole number from 0 here");
    }

    // ---- writing

    ByteBuffer write(Control message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator to = json.createGenerator(out)) {
            to.writeStartObject();
            switch (message) {
                case New() -> to.writeBooleanField("new", true);
                case Resume(String token, long received) -> {
                    to.writeStringField("resume", token);
                    to.writeNumberField("received", received);
                }
                case Welcome(String token, long generation, long received, long grace) -> {
                    to.writeStringField("token", token);
                    to.writeNumberField("generation", generation);
                    to.writeNumberField("received", received);
                    to.writeNumberField("grace", grace);
                }
                case Renewal(String token, long generation) -> {
                    to.writeStringField("token", token);
                    to.writeNumberField("generation", generation);
                }
                case Refuse(String word, String reason) -> {
                    to.writeStringField("refused", word);
                    to.writeStringField("reason", reason);
                }
                case Confirm(long generation) -> to.writeNumberField("confirm", generation);
                case Ack(long received) -> to.writeNumberField("ack", received);
                case Ping(long id) -> to.writeNumberField("ping", id);
                case Pong(long id) -> to.writeNumberField("pong", id);
                case Close(String reason) -> to.writeStringField("close", reason);
            }
            to.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
