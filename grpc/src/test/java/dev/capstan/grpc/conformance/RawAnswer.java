package dev.capstan.grpc.conformance;

import io.grpc.Status;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server has answered, as it was on the wire. Names are in lower case; {@code trailers} are the headers if these were all there was.
 *
 * @param http status
 */
record RawAnswer(
        int http, Map<String, List<String>> headers, List<byte[]> messages, Map<String, List<String>> trailers) {
    private static final int PREFIX_BYTES = 5;
    private static final int TRAILERS = 0x80;

    /** One of gRPC over HTTP/2. */
    static RawAnswer plain(
            int http, Map<String, List<String>> headers, byte[] body, Map<String, List<String>> trailers) {
        List<byte[]> messages = frames(body, 0);
        return new RawAnswer(http, headers, messages, trailers.isEmpty() ? headers : trailers);
    }

    /** One of gRPC-Web, whose trailers are the last frame of its body. */
    static RawAnswer web(int http, Map<String, List<String>> headers, byte[] body) {
        if (http != 200) {
            return new RawAnswer(http, headers, List.of(), Map.of());
        }
        List<byte[]> last = frames(body, TRAILERS);
        if (last.isEmpty()) {
            return new RawAnswer(http, headers, frames(body, 0), headers);
        }
        if (last.size() > 1) {
            throw new AssertionError("there are two frames of trailers");
        }
        Map<String, List<String>> trailers = new TreeMap<>();
        String block = new String(last.getFirst(), StandardCharsets.ISO_8859_1);
        for (String line : block.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                trailers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
        }
        return new RawAnswer(http, headers, frames(body, 0), trailers);
    }

    /** Base64 whose pieces may each be padded. */
    static byte[] bytesOf(byte[] text) {
        byte[] bytes = new byte[text.length];
        int length = 0;
        for (int i = 0; i < text.length; i += 4) {
            byte[] group = Base64.getDecoder().decode(Arrays.copyOfRange(text, i, i + 4));
            System.arraycopy(group, 0, bytes, length, group.length);
            length += group.length;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static List<byte[]> frames(byte[] body, int flag) {
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        while (at < body.length) {
            int length = (body[at + 1] & 0xff) << 24
                    | (body[at + 2] & 0xff) << 16
                    | (body[at + 3] & 0xff) << 8
                    | (body[at + 4] & 0xff);
            if ((body[at] & 0xff) == flag) {
                frames.add(Arrays.copyOfRange(body, at + PREFIX_BYTES, at + PREFIX_BYTES + length));
            }
            at += PREFIX_BYTES + length;
        }
        if (at != body.length) {
            throw new AssertionError("the body ends within a frame");
        }
        return frames;
    }

    /** A message, or another frame, with its five bytes. */
    static byte[] framed(int flag, byte[] message) {
        byte[] frame = new byte[PREFIX_BYTES + message.length];
        frame[0] = (byte) flag;
        frame[1] = (byte) (message.length >> 24);
        frame[2] = (byte) (message.length >> 16);
        frame[3] = (byte) (message.length >> 8);
        frame[4] = (byte) message.length;
        System.arraycopy(message, 0, frame, PREFIX_BYTES, message.length);
        return frame;
    }

    /** The code, by the status of gRPC or else by that of HTTP, as clients have to do it. */
    Status.Code code() {
        List<String> told = trailers.getOrDefault("grpc-status", List.of());
        if (told.isEmpty()) {
            return http == 404 ? Status.Code.UNIMPLEMENTED : Status.Code.UNKNOWN;
        }
        if (told.size() != 1) {
            throw new AssertionError("the status is told " + told.size() + " times");
        }
        return Status.fromCodeValue(Integer.parseInt(told.getFirst())).getCode();
    }

    /** The message of the status; empty if there is none. */
    String message() {
        List<String> told = trailers.getOrDefault("grpc-message", List.of());
        return told.isEmpty() ? "" : URLDecoder.decode(told.getFirst().replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
