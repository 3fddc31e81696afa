package dev.capstan.gateway.frames;

/** The body of a request or an answer: one message of Cap'n Web a line if it begins like that, else told by its size. */
final class LinesBody implements Body {
    /** So many bytes tell whether it is Cap'n Web. */
    private static final int TELLING = 12;

    private final Direction direction;
    private final String wire;
    private final String id;
    private final Messages messages;
    private final Limits limits;
    private final Out out;
    private final Buffer buffer = new Buffer();
    /** Of what is buffered, so much has no end of a line. */
    private int scanned;

    private long bytes;
    private Kind kind = Kind.UNKNOWN;

    private enum Kind {
        UNKNOWN,
        LINES,
        OTHER
    }

    LinesBody(Direction direction, String wire, String id, Messages messages, Limits limits, Out out) {
        this.direction = direction;
        this.wire = wire;
        this.id = id;
        this.messages = messages;
        this.limits = limits;
        this.out = out;
    }

    @Override
    public void take(byte[] array, int offset, int length) {
        bytes += length;
        if (kind == Kind.OTHER) {
            return;
        }
        buffer.add(array, offset, length);
        if (buffer.size() >= TELLING) {
            decide();
        }
        lines();
    }

    private void decide() {
        if (kind == Kind.UNKNOWN) {
            boolean isWeb = WebMessages.begins(buffer.array(), buffer.offset(), buffer.size());
            kind = isWeb ? Kind.LINES : Kind.OTHER;
        }
        if (kind == Kind.OTHER) {
            buffer.clear();
        }
    }

    private void lines() {
        int end;
        while (kind == Kind.LINES && (end = buffer.indexOf('\n', scanned)) >= 0) {
            line(end);
            buffer.drop(1);
            scanned = 0;
        }
        scanned = buffer.size();
        if (buffer.size() > limits.messageBytes()) {
            kind = Kind.OTHER;
            buffer.clear();
        }
    }

    private void line(int length) {
        byte[] line = buffer.take(length);
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (end > 0) {
            messages.message(direction, line, 0, end);
        }
    }

    @Override
    public void end() {
        decide();
        if (kind == Kind.LINES) {
            line(buffer.size());
        } else if (bytes > 0) {
            out.put(direction, Frame.of(wire, "body").id(id).bytes(bytes));
        }
    }
}
