package dev.capstan.gateway.frames;

/** Shows bytes by their number, for a reason that the first frame of each direction tells. */
final class Undecoded implements Decoder {
    private final Out out;
    private final String reason;
    private boolean isTold;

    Undecoded(Out out, String reason) {
        this.out = out;
        this.reason = reason;
    }

    @Override
    public void take(Direction direction, byte[] array, int offset, int length) {
        Frame.Draft frame = Frame.of("bytes", "data").bytes(length);
        out.put(direction, isTold ? frame : frame.broken(reason));
        isTold = true;
    }

    @Override
    public void ended(Direction direction) {
        // Nothing is held.
    }
}
