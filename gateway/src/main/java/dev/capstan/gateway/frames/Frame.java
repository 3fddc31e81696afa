package dev.capstan.gateway.frames;

/**
 * One frame, taken apart. Texts are empty where there is nothing to tell; ids are told as the side that sent the frame counts them. A value.
 *
 * @param micros when it had arrived whole, in microseconds since the trace began
 * @param session which connection, counted from 1
 * @param direction which way it went
 * @param wire {@code capnp}, {@code capnweb}, {@code http}, {@code websocket}, {@code http2}, {@code grpc}; {@code bytes} if it is none of them
 * @param kind what it is, in the words of its protocol: {@code call}, {@code push}, {@code request}, {@code headers}
 * @param id of the question, promise, request or stream that it begins or belongs to
 * @param parent the id of the call into whose result a pipelined call goes
 * @param target what is called or meant, as in {@code import 3} or {@code answer 2.0}
 * @param method the method of the call or of the call that is answered; the method and the path of an HTTP request
 * @param result how a call or request ended: a kind of failure, a status
 * @param text what it carries, without secrets, cut to {@link Limits#texts}
 * @param caps the capabilities that it carries
 * @param bytes its size on the wire
 * @param standing what to think of it
 */
public record Frame(
        long micros,
        int session,
        Direction direction,
        String wire,
        String kind,
        String id,
        String parent,
        String target,
        String method,
        String result,
        String text,
        String caps,
        long bytes,
        Standing standing) {

    /** What to think of a frame. */
    public enum Standing {
        /** It carries what the two sides have to say. */
        MESSAGE,
        /** It concerns the connection alone: windows, pings, settings. */
        CONTROL,
        /** It could not be taken apart; the text says why. */
        BROKEN
    }

    /** What has to be the same when the same is said again: everything but time, content and size. */
    public String structure() {
        return String.join(
                "|", direction.name(), wire, kind, id, parent, target, method, result, caps, standing.name());
    }

    static Draft of(String wire, String kind) {
        return new Draft(wire, kind);
    }

    /** A frame that is being put together. */
    static final class Draft {
        private final String wire;
        private final String kind;
        private String id = "";
        private String parent = "";
        private String target = "";
        private String method = "";
        private String result = "";
        private String text = "";
        private String caps = "";
        private long bytes;
        private Standing standing = Standing.MESSAGE;

        private Draft(String wire, String kind) {
            this.wire = wire;
            this.kind = kind;
        }

        Draft id(long number) {
            return id(Long.toString(number));
        }

        Draft id(String name) {
            id = name;
            return this;
        }

        Draft parent(String name) {
            parent = name;
            return this;
        }

        Draft target(String name) {
            target = name;
            return this;
        }

        Draft method(String name) {
            method = name;
            return this;
        }

        Draft result(String outcome) {
            result = outcome;
            return this;
        }

        Draft text(String content) {
            text = content;
            return this;
        }

        Draft caps(String list) {
            caps = list;
            return this;
        }

        Draft bytes(long size) {
            bytes = size;
            return this;
        }

        Draft control() {
            standing = Standing.CONTROL;
            return this;
        }

        Draft broken(String why) {
            standing = Standing.BROKEN;
            text = why;
            return this;
        }

        Frame done(long micros, int session, Direction direction) {
            return new Frame(
                    micros, session, direction, wire, kind, id, parent, target, method, result, text, caps, bytes,
                    standing);
        }
    }
}
