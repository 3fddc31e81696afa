package dev.capstan.gateway.frames;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of Cap'n Web, and the control messages of sessions that outlive their connections. Promises are counted as both sides do, from the beginning of the session: one that goes on over another connection has
 * other numbers here.
 */
final class WebMessages implements Messages {
    private final Decoding decoding;
    private final Out out;
    /** Made when the first message comes: most requests carry none. */
    private @Nullable Json json;

    private final Side client;
    private final Side server;

    /** A method that was called; whether it is told what it was called with and gives is decided by its whole name, of which the beginning is told. */
    private record Asked(String method, boolean isSecret) {
        private static final Asked UNKNOWN = new Asked("", false);
    }

    /** What one side has asked for: its promises have the numbers 1, 2, 3 and so on, by themselves. */
    private static final class Side {
        private long promises;
        private final Map<String, Asked> methods;

        Side(int most) {
            methods = new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Asked> eldest) {
                    return size() > most;
                }
            };
        }

        Asked asked(String id) {
            return methods.getOrDefault(id, Asked.UNKNOWN);
        }
    }

    WebMessages(Decoding decoding, Out out) {
        this.decoding = decoding;
        this.out = out;
        this.client = new Side(decoding.limits().names());
        this.server = new Side(decoding.limits().names());
    }

    @Override
    public void message(Direction direction, byte[] array, int offset, int length) {
        Json reader = json == null ? new Json(decoding.limits()) : json;
        json = reader;
        Frame.Draft frame;
        try {
            frame = frame(direction, reader.parse(array, offset, length));
        } catch (IOException e) {
            frame = Frame.of("capnweb", "undecoded").broken(reason(e));
        }
        out.put(direction, frame.bytes(length));
    }

    private static String reason(IOException problem) {
        String text = String.valueOf(problem.getMessage());
        int end = text.indexOf('\n');
        // What Jackson quotes of the input may be a secret.
        return text.startsWith("there is") || text.startsWith("something")
                ? text
                : "this is not JSON" + (end < 0 ? "" : ", " + place(text.substring(end)));
    }

    private static String place(String lines) {
        int line = lines.lastIndexOf("line: ");
        return line < 0 ? "" : Text.plain(lines.substring(line).replace("]", ""));
    }

    private Side side(Direction sender) {
        return sender == Direction.TO_SERVER ? client : server;
    }

    private Frame.Draft frame(Direction direction, @Nullable Object message) {
        if (message instanceof Map<?, ?> control && !control.isEmpty()) {
            return control(control);
        }
        if (!(message instanceof List<?> parts) || parts.isEmpty() || !(parts.getFirst() instanceof String kind)) {
            return Frame.of("capnweb", "undecoded").broken("a message is a list that begins with its kind");
        }
        Frame.Draft frame = Frame.of("capnweb", kind);
        return switch (kind) {
            case "push", "stream" -> push(direction, frame, parts.size() > 1 ? parts.get(1) : null);
            case "pipe" -> frame.id(++side(direction).promises);
            case "pull" -> answered(direction, frame, parts);
            case "resolve" -> answer(direction, frame, parts);
            case "reject" -> answer(direction, frame, parts).result(error(parts));
            case "release" ->
                answered(direction, frame, parts).text(parts.size() > 2 ? "count " + written(parts.get(2)) : "");
            case "abort" -> frame.result(error(parts)).text(parts.size() > 1 ? shown(parts.get(1)) : "");
            default -> Frame.of("capnweb", "undecoded").broken("there is no message of the kind " + shown(kind));
        };
    }

    /** Its first member says what it is; the tokens in them are as good as a password. */
    private Frame.Draft control(Map<?, ?> members) {
        String kind = String.valueOf(members.keySet().iterator().next());
        Map<Object, @Nullable Object> told = new LinkedHashMap<>(members);
        if (decoding.secrets() == Secrets.HIDDEN && told.get("resume") instanceof String) {
            told.put("resume", Secrets.MARK);
        }
        return Frame.of("capnweb", "session " + decoding.plain(kind))
                .text(shown(told))
                .control();
    }

    private Frame.Draft push(Direction direction, Frame.Draft frame, @Nullable Object expression) {
        Side side = side(direction);
        long id = ++side.promises;
        frame.id(id);
        if (!(expression instanceof List<?> parts) || parts.size() < 2 || !(parts.getFirst() instanceof String tag)) {
            return frame.text(shown(expression));
        }
        switch (tag) {
            case "pipeline", "import" -> {
                List<?> path = parts.size() > 2 && parts.get(2) instanceof List<?> steps ? steps : List.of();
                Asked asked = asked(path);
                side.methods.put(Long.toString(id), asked);
                subject(side, frame, parts.get(1)).method(asked.method());
                if (parts.size() > 3 && parts.get(3) instanceof List<?> arguments) {
                    frame.text("(" + (asked.isSecret() ? Secrets.MARK : new WebText(decoding).all(arguments)) + ")");
                }
            }
            case "remap" -> {
                side.methods.put(Long.toString(id), new Asked("map", false));
                subject(side, frame, parts.get(1))
                        .method("map")
                        .text(new WebText(decoding).all(parts.subList(2, parts.size())));
            }
            default -> frame.text(shown(expression));
        }
        return frame.caps(caps(expression));
    }

    private Asked asked(List<?> path) {
        Text method = new Text(decoding.limits().texts());
        boolean isSecret = false;
        for (int i = 0; i < path.size(); i++) {
            isSecret |= path.get(i) instanceof String name && decoding.secrets().hides(name);
            if (!method.isFull()) {
                method.put(i == 0 ? "" : ".").put(written(path.get(i)));
            }
        }
        return new Asked(method.toString(), isSecret);
    }

    /** The object that an expression begins at. */
    private Frame.Draft subject(Side side, Frame.Draft frame, @Nullable Object id) {
        String number = written(id);
        if (number.equals("0")) {
            return frame.target("main");
        }
        if (number.startsWith("-")) {
            return frame.target("import " + number);
        }
        String known = side.asked(number).method();
        return frame.parent(number).target("promise " + number + (known.isEmpty() ? "" : " of " + known));
    }

    /** A message about a promise of its sender, or about an object of the receiver. */
    private Frame.Draft answered(Direction direction, Frame.Draft frame, List<?> parts) {
        String id = parts.size() > 1 ? written(parts.get(1)) : "";
        return frame.id(id).method(side(direction).asked(id).method());
    }

    /** A message that answers the receiver's promise. */
    private Frame.Draft answer(Direction direction, Frame.Draft frame, List<?> parts) {
        String id = parts.size() > 1 ? written(parts.get(1)) : "";
        Asked asked = side(direction.opposite()).asked(id);
        Object value = parts.size() > 2 ? parts.get(2) : null;
        return frame.id(id)
                .method(asked.method())
                .text(asked.isSecret() ? Secrets.MARK : shown(value))
                .caps(caps(value));
    }

    private String error(List<?> parts) {
        Object value = parts.getLast();
        return value instanceof List<?> error && error.size() > 1 && error.get(1) instanceof String name
                ? decoding.plain(name)
                : "";
    }

    private String shown(@Nullable Object value) {
        return new WebText(decoding).of(value);
    }

    /** An id or a step of a path, which may be anything. */
    private String written(@Nullable Object value) {
        return switch (value) {
            case Json.Digits(String text) -> decoding.plain(text);
            case String text -> decoding.plain(text);
            case null, default -> shown(value);
        };
    }

    // ---- capabilities

    private static final int MOST_CAPS = 16;

    private String caps(@Nullable Object expression) {
        List<String> found = new ArrayList<>();
        collect(expression, found);
        return String.join(", ", found);
    }

    private void collect(@Nullable Object value, List<String> found) {
        if (found.size() > MOST_CAPS) {
            return;
        }
        if (value instanceof Map<?, ?> members) {
            members.values().forEach(each -> collect(each, found));
        } else if (value instanceof List<?> parts) {
            String cap = cap(parts);
            if (cap != null) {
                found.add(found.size() == MOST_CAPS ? "…" : cap);
            }
            parts.forEach(each -> collect(each, found));
        }
    }

    private @Nullable String cap(List<?> parts) {
        if (parts.size() < 2 || !(parts.get(0) instanceof String tag) || !(parts.get(1) instanceof Json.Digits id)) {
            return null;
        }
        return switch (tag) {
            case "export", "promise", "readable", "writable", "import" -> tag + " " + written(id);
            default -> null;
        };
    }

    /** Whether a body is, as far as its first bytes tell, messages of Cap'n Web. */
    static boolean begins(byte[] array, int offset, int length) {
        String start = new String(array, offset, Math.min(length, 16), StandardCharsets.UTF_8).strip();
        return List.of("push", "pull", "resolve", "reject", "release", "stream", "pipe", "abort").stream()
                .anyMatch(kind -> start.startsWith("[\"" + kind + "\""));
    }
}
