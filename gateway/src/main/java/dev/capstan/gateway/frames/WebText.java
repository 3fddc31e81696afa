package dev.capstan.gateway.frames;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of Cap'n Web as JSON again, but without secrets, with the size of bytes in place of them, and cut. */
final class WebText {
    private final Secrets secrets;
    private final Text out;

    WebText(Decoding decoding) {
        this.secrets = decoding.secrets();
        this.out = new Text(decoding.limits().texts());
    }

    /** One value. */
    String of(@Nullable Object value) {
        print(value);
        return out.toString();
    }

    /** Several, with commas between. */
    String all(List<?> values) {
        elements(values);
        return out.toString();
    }

    private void print(@Nullable Object value) {
        switch (value) {
            case null -> out.put("null");
            case String text -> out.quoted(text);
            case Json.Digits number -> out.put(number.text());
            case Map<?, ?> members -> {
                out.put("{");
                String between = "";
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    if (out.isFull()) {
                        break;
                    }
                    String name = String.valueOf(member.getKey());
                    out.put(between).quoted(name).put(":");
                    between = ",";
                    if (secrets.hides(name)) {
                        out.put(Secrets.MARK);
                    } else {
                        print(member.getValue());
                    }
                }
                out.put("}");
            }
            case List<?> elements -> {
                if (elements.size() >= 2
                        && "bytes".equals(elements.get(0))
                        && elements.get(1) instanceof String base64) {
                    out.put("<" + bytes(base64) + " bytes>");
                    return;
                }
                out.put("[");
                elements(elements);
                out.put("]");
            }
            default -> out.put(value.toString());
        }
    }

    private void elements(List<?> elements) {
        for (int i = 0; i < elements.size() && !out.isFull(); i++) {
            out.put(i == 0 ? "" : ",");
            // Headers travel as pairs of a name and a value, and so does what is called with both.
            if (i == 1 && elements.size() == 2 && elements.get(0) instanceof String name && secrets.hides(name)) {
                out.put(Secrets.MARK);
            } else {
                print(elements.get(i));
            }
        }
    }

    private static long bytes(String base64) {
        int end = base64.length();
        while (end > 0 && base64.charAt(end - 1) == '=') {
            end--;
        }
        return end * 3L / 4;
    }
}
