package dev.capstan.capnp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.base.ParserBase;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSON text. Jackson checks the grammar; what is kept of its tokens is where they stand in the text, so that strings and numbers are read only
 * when a field wants them, lists are made in their right size, and faults have a place.
 *
 * <p>A value is one int, its offset. An array or object has two more: the node after it, and its size. A member of an object has its name's
 * number in front. So no text takes more than a few times its own size, whatever is in it.
 */
final class TextTree extends Tree {
    private final String text;
    private final Limits limits;
    private int[] nodes;
    private int length;
    private @Nullable String[] names = new @Nullable String[8];
    private int nameCount;
    private int[] open = new int[8];
    private int depth;

    private TextTree(String text, Limits limits) {
        this.text = text;
        this.limits = limits;
        this.nodes = new int[16 + text.length() / 4];
    }

    /** Jackson as it is wanted here; may be used by many threads. */
    static JsonFactory factory(Limits limits) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.nesting())
                        .maxDocumentLength(limits.textLength())
                        .maxStringLength(limits.stringLength())
                        .maxNameLength(limits.nameLength())
                        .maxNumberLength(limits.numberLength())
                        .build())
                .build();
    }

    /** Reads all of a text. */
    static TextTree of(String text, JsonFactory factory, Limits limits) {
        if (text.length() > limits.textLength()) {
            throw JsonException.of("The text has " + text.length() + " characters, more than " + limits.textLength()
                    + " (Limits.textLength).");
        }
        TextTree tree = new TextTree(text, limits);
        try (JsonParser parser = factory.createParser(text)) {
            try {
                tree.read((ParserBase) parser);
            } catch (StreamConstraintsException e) {
                // Which knows its place only sometimes.
                throw tree.refused(e, parser.currentLocation());
            }
        } catch (JsonEOFException e) {
            throw JsonException.at(text, text.length(), "The text ends within a value: is it complete?");
        } catch (JsonProcessingException e) {
            throw tree.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("A text in memory cannot fail to be read.", e);
        }
        return tree;
    }

    private void read(ParserBase parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw JsonException.at(text, text.length(), "The text is empty: it should hold one JSON value.");
        }
        do {
            switch (token) {
                case START_ARRAY, START_OBJECT -> begin(offset(parser));
                case END_ARRAY -> nodes[open[--depth] + 1] = length;
                case END_OBJECT -> {
                    nodes[open[--depth] + 1] = length;
                    refuseDuplicates(open[depth]);
                }
                case FIELD_NAME -> addName(parser);
                default -> add(offset(parser));
            }
            int string = token == JsonToken.VALUE_STRING ? offset(parser) : -1;
            token = parser.nextToken();
            if (string >= 0) {
                // Only now has all of it been read.
                check(string);
            }
            if (depth == 0 && token != null) {
                throw remains(offset(parser));
            }
        } while (token != null);
    }

    private JsonException remains(int at) {
        return JsonException.at(text, at, "There is more after the end of the value; a text holds one.");
    }

    /** Where the token starts: what Jackson counts is the characters up to and including its first one. */
    private static int offset(ParserBase parser) {
        return (int) parser.getTokenCharacterOffset() - 1;
    }

    private void append(int value) {
        if (length == nodes.length) {
            nodes = Arrays.copyOf(nodes, length + (length >> 1) + 16);
        }
        nodes[length++] = value;
    }

    /** Adds a value to the array or object that is open. */
    private void add(int offset) {
        if (depth > 0) {
            int size = ++nodes[open[depth - 1] + 2];
            if (size > limits.listSize()) {
                throw JsonException.at(text, offset, "More than " + limits.listSize() + " elements (Limits.listSize).");
            }
        }
        append(offset);
    }

    private void begin(int offset) {
        int node = length;
        add(offset);
        append(0);
        append(0);
        if (depth == open.length) {
            open = Arrays.copyOf(open, 2 * depth);
        }
        open[depth++] = node;
    }

    private void addName(ParserBase parser) throws IOException {
        String name = parser.currentName();
        if (name.length() > limits.nameLength() || Strings.isBroken(name)) {
            JsonLocation at = parser.currentTokenLocation();
            throw JsonException.at(
                    at.getLineNr(),
                    at.getColumnNr(),
                    Strings.isBroken(name)
                            ? brokenPair()
                            : "A name of more than " + limits.nameLength() + " characters (Limits.nameLength).");
        }
        if (nameCount == names.length) {
            names = Arrays.copyOf(names, nameCount + (nameCount >> 1));
        }
        names[nameCount] = name;
        append(nameCount++);
    }

    private void check(int start) {
        int end = Strings.end(text, start);
        if (end < 0) {
            throw JsonException.at(text, -1 - end, brokenPair());
        }
        if (end - start - 1 > limits.stringLength()) {
            throw JsonException.at(
                    text,
                    start,
                    "A string of more than " + limits.stringLength() + " characters (Limits.stringLength).");
        }
    }

    private static String brokenPair() {
        return "Half of a surrogate pair stands alone, which is no character. Write both halves, or the character itself.";
    }

    /** As much of a text as an error should show. */
    static String excerpt(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private JsonException refused(StreamConstraintsException e, JsonLocation at) {
        String fault = e.getOriginalMessage();
        String said = depth >= limits.nesting()
                ? "Arrays and objects nest more than " + limits.nesting() + " levels deep (Limits.nesting)."
                : fault.contains("Number")
                        ? "A number of more than " + limits.numberLength() + " characters (Limits.numberLength)."
                        : fault.contains("Name")
                                ? "A name of more than " + limits.nameLength() + " characters (Limits.nameLength)."
                                : fault;
        return at(e, at, said);
    }

    private JsonException malformed(JsonProcessingException e) {
        String fault = e.getOriginalMessage();
        // What follows in parentheses tells where Jackson thinks the text came from.
        int source = fault.indexOf("[Source");
        return at(
                e,
                e.getLocation(),
                "This is not JSON: " + (source < 0 ? fault : fault.substring(0, fault.lastIndexOf(" (", source)))
                        + ".");
    }

    private static JsonException at(JsonProcessingException e, JsonLocation at, String fault) {
        JsonException located =
                at == null ? JsonException.of(fault) : JsonException.at(at.getLineNr(), at.getColumnNr(), fault);
        located.initCause(e);
        return located;
    }

    @Override
    Kind kind(int node) {
        return switch (text.charAt(nodes[node])) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.STRING;
            case 't', 'f' -> Kind.BOOLEAN;
            case 'n' -> Kind.NULL;
            default -> Kind.NUMBER;
        };
    }

    @Override
    boolean bool(int node) {
        return text.charAt(nodes[node]) == 't';
    }

    @Override
    void number(int node, Digits digits) {
        int end = nodes[node];
        while (end < text.length() && isNumeric(text.charAt(end))) {
            end++;
        }
        digits.text = text;
        digits.from = nodes[node];
        digits.to = end;
    }

    private static boolean isNumeric(char c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    @Override
    String string(int node) {
        return Strings.content(text, nodes[node]);
    }

    @Override
    int size(int node) {
        return nodes[node + 2];
    }

    @Override
    int first(int node) {
        return node + (text.charAt(nodes[node]) == '{' ? 4 : 3);
    }

    @Override
    int after(int parent, int node) {
        char c = text.charAt(nodes[node]);
        int end = c == '{' || c == '[' ? nodes[node + 1] : node + 1;
        // The next member's name comes first.
        return text.charAt(nodes[parent]) == '{' ? end + 1 : end;
    }

    @Override
    String name(int node) {
        String name = names[nodes[node - 1]];
        if (name == null) {
            throw new AssertionError(node);
        }
        return name;
    }

    @Override
    JsonException fault(int node, String fault) {
        return JsonException.at(text, nodes[node], fault);
    }
}
