package dev.capstan.capnweb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of the Fetch Standard, from expressions and to them. */
final class WebTypes {
    /** Members of {@code RequestInit}, each followed by what it defaults to, in the order in which TypeScript writes them behind the body. */
    private static final List<String> REQUEST_DEFAULTS = List.of(
            "cache", "default",
            "redirect", "follow",
            "integrity", "",
            "mode", "cors",
            "credentials", "same-origin",
            "referrer", "about:client",
            "referrerPolicy", "",
            "keepalive", "",
            "cf", "",
            "encodeResponseBody", "automatic");

    private static final List<String> RESPONSE_DEFAULTS = List.of("cf", "", "encodeBody", "automatic");

    /** Members with a place of their own in our values, or none. */
    private static final Set<String> OWN =
            Set.of("method", "headers", "body", "duplex", "signal", "status", "statusText", "webSocket");

    private final Decoder decoder;

    WebTypes(Decoder decoder) {
        this.decoder = decoder;
    }

    Object value(String tag, List<?> list, int depth) {
        try {
            return switch (tag) {
                case "url" -> url(list);
                case "headers" -> {
                    if (list.size() != 2) {
                        throw Decoder.bad(list, "header fields are one array of pairs");
                    }
                    yield headers(list, list.get(1));
                }
                case "request" -> request(list, depth);
                default -> response(list, depth);
            };
        } catch (IllegalArgumentException e) {
            // What the values themselves refuse. The text says what it is; where it is, is added on the way up.
            throw WebException.of(String.valueOf(e.getMessage()), e);
        }
    }

    private static Url url(List<?> list) {
        String href = list.size() == 2 ? Tree.text(list.get(1)) : null;
        if (href == null) {
            throw Decoder.bad(list, "a URL is a text");
        }
        return new Url(href);
    }

    private static Headers headers(List<?> list, @Nullable Object tree) {
        if (!(tree instanceof List<?> pairs)) {
            throw Decoder.bad(list, "header fields are an array of pairs");
        }
        List<Headers.Field> fields = new ArrayList<>(pairs.size());
        for (Object element : pairs) {
            List<?> pair = element instanceof List<?> written && written.size() == 2 ? written : List.of();
            String name = pair.isEmpty() ? null : Tree.text(pair.get(0));
            String value = pair.isEmpty() ? null : Tree.text(pair.get(1));
            if (name == null || value == null) {
                throw Decoder.bad(list, Tree.excerpt(element) + " is no header field: a name and a value are");
            }
            fields.add(new Headers.Field(name, value));
        }
        return new Headers(fields);
    }

    private WebRequest request(List<?> list, int depth) {
        String url = list.size() == 3 ? Tree.text(list.get(1)) : null;
        if (url == null || !(list.get(2) instanceof Map<?, ?> init)) {
            throw Decoder.bad(list, "a request has a URL and an object");
        }
        if (isTrue(init.get("signal"))) {
            throw Decoder.bad(list, "signals do not travel");
        }
        Url target = new Url(url);
        Headers headers = init.get("headers") == null ? Headers.NONE : headers(list, init.get("headers"));
        String method = init.containsKey("method") ? Tree.text(init.get("method")) : "GET";
        if (method == null) {
            throw Decoder.bad(list, "the method is a text");
        }
        Object body = decoder.member("body", init.get("body"), depth);
        try {
            return new WebRequest(target, method, headers, body, rest(init));
        } catch (IllegalArgumentException e) {
            decoder.dropped(body);
            throw e;
        }
    }

    private WebResponse response(List<?> list, int depth) {
        if (list.size() != 3 || !(list.get(2) instanceof Map<?, ?> init)) {
            throw Decoder.bad(list, "a response has a body and an object");
        }
        if (isTrue(init.get("webSocket"))) {
            throw Decoder.bad(list, "WebSockets do not travel");
        }
        Long status = init.containsKey("status") ? Tree.integer(init.get("status")) : Long.valueOf(200);
        String text = init.containsKey("statusText") ? Tree.text(init.get("statusText")) : "";
        if (status == null || text == null) {
            throw Decoder.bad(list, "a status is an integer and a text");
        }
        Headers headers = init.get("headers") == null ? Headers.NONE : headers(list, init.get("headers"));
        Object body = decoder.operand(list, 1, depth);
        try {
            int code = Math.clamp(status, 0, 1_000);
            return new WebResponse(code, text, headers, body, rest(init));
        } catch (IllegalArgumentException e) {
            decoder.dropped(body);
            throw e;
        }
    }

    private static boolean isTrue(@Nullable Object tree) {
        return tree != null && !tree.equals(false);
    }

    private static Map<String, @Nullable Object> rest(Map<?, ?> init) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        for (Map.Entry<?, ?> member : init.entrySet()) {
            String name = (String) member.getKey();
            if (!OWN.contains(name) && !Tree.isBlocked(name)) {
                rest.put(name, Tree.plain(member.getValue()));
            }
        }
        return rest;
    }

    static void write(Headers headers, JsonWriter out) {
        out.raw('[');
        boolean first = true;
        for (Headers.Field field : headers.fields()) {
            out.raw(first ? "[" : ",[")
                    .string(field.name())
                    .raw(',')
                    .string(field.value())
                    .raw(']');
            first = false;
        }
        out.raw(']');
    }

    static void write(WebRequest request, Encoder encoder, JsonWriter out, int depth) {
        out.raw("[\"request\",").string(request.url().href()).raw(",{");
        Members members = new Members(out);
        if (!request.method().equals("GET")) {
            members.name("method").string(request.method());
        }
        write(request.headers(), members);
        if (request.body() != null) {
            members.name("body");
            encoder.member("body", request.body(), depth);
            Object duplex = request.init().get("duplex");
            members.name("duplex").string(duplex instanceof String text ? text : "half");
        }
        write(request.init(), REQUEST_DEFAULTS, members, encoder);
        out.raw("}]");
    }

    static void write(WebResponse response, Encoder encoder, JsonWriter out, int depth) {
        out.raw("[\"response\",");
        encoder.operand(1, response.body(), depth);
        out.raw(",{");
        Members members = new Members(out);
        if (response.status() != 200) {
            members.name("status").number((long) response.status());
        }
        if (!response.statusText().isEmpty()) {
            members.name("statusText").string(response.statusText());
        }
        write(response.headers(), members);
        write(response.init(), RESPONSE_DEFAULTS, members, encoder);
        out.raw("}]");
    }

    private static void write(Headers headers, Members members) {
        if (!headers.fields().isEmpty()) {
            write(headers, members.name("headers"));
        }
    }

    private static void write(
            Map<String, @Nullable Object> init, List<String> defaults, Members members, Encoder encoder) {
        for (int i = 0; i < defaults.size(); i += 2) {
            String name = defaults.get(i);
            String ordinary = defaults.get(i + 1);
            Object value = init.get(name);
            if (isTrue(value) && !"".equals(value) && !ordinary.equals(value)) {
                members.name(name);
                encoder.plain(name, value);
            }
        }
    }

    /** Puts the commas. */
    private static final class Members {
        private final JsonWriter out;
        private boolean first = true;

        Members(JsonWriter out) {
            this.out = out;
        }

        JsonWriter name(String name) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            return out.string(name).raw(':');
        }
    }
}
