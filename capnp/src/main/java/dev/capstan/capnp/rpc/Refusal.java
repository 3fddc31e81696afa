package dev.capstan.capnp.rpc;

import dev.capstan.async.MessageStream;
import dev.capstan.cap.Failure;

/** A connection that is not taken: whoever has made it hears why, and has the usual time to close it. */
final class Refusal implements MessageStream.Receiver {
    private final Linger linger;

    private Refusal(Linger linger) {
        this.linger = linger;
    }

    /** Takes {@code stream} over; {@code gone} runs when it is closed, perhaps twice. */
    static void begin(Vat vat, MessageStream stream, Failure why, Runnable gone) {
        Linger linger = new Linger(vat, stream, gone);
        stream.start(new Refusal(linger));
        Traces traces = new Traces(vat.traceEncoder(), vat.limits().failures(), vat.faults());
        OutgoingMessage abort = new OutgoingMessage(traces.sizeWords(why));
        traces.write(why, abort.root().initAbort());
        abort.send(stream);
        stream.end();
        linger.begin();
    }

    @Override
    public void received(byte[] array, int offset, int length, boolean lent) {}

    @Override
    public void ended() {
        linger.inputOver();
    }

    @Override
    public void failed(Throwable cause) {
        linger.inputOver();
    }
}
