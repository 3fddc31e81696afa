package dev.capstan.net.http;

import java.io.IOException;

/**
 * A request and its answer as they go, for what streams in either direction: over HTTP/1.1, or as one stream of HTTP/2. Made by the server, owned by the handler that it is
 * given to until it has ended or broken. Belongs to the server's loop.
 *
 * <p><b>Input</b> is delivered, not fetched: after {@link #start} the receiver gets every piece of the body as it arrives, and {@link #pause} holds the client back. What is read and
 * not yet delivered is no more than the window of the connection ({@code Limits.Http2}) or one read.
 *
 * <p><b>Output</b> begins with {@link #answer}, goes on with {@link #write} and ends with {@link #end}. What is written in a turn leaves at its end. A handler that writes much
 * heeds {@link #isReady}; nothing is cut here, and {@link #queuedBytes} tells whoever wants a limit.
 *
 * <p>An answer may end before the request has: a client of HTTP/2 is then told to send no more of it, one of HTTP/1.1 loses its connection after the answer.
 */
public interface Exchange {
    /** Told what arrives, on the loop's thread. Exactly one of {@link #ended} and {@link #failed} comes last, but none after the whole exchange has ended. */
    interface Receiver {
        /** A piece of the body. The array is lent: it is valid until this method returns. */
        void received(byte[] array, int offset, int length);

        /** The request has come to its end. */
        void ended();

        /**
         * The client has given up the request, or its connection broke; nothing more can be sent. It is also told after {@link #ended}, as long as the answer has not ended.
         */
        void failed(IOException cause);

        /** {@link #isReady} has become true again. */
        default void ready() {}
    }

    /** The request, whose body is empty: it goes to the receiver. */
    HttpRequest request();

    /** What carries it. */
    Peer peer();

    /** Begins delivery; called once, in the handler's own call or later. */
    void start(Receiver receiver);

    /** Stops delivery until {@link #resume}. Called from within {@link Receiver#received} it holds back what comes after. */
    void pause();

    /** Delivers again, in a turn of its own. */
    void resume();

    /**
     * Begins the answer. Called once, before anything is written.
     *
     * @param status 200 to 599
     * @param headers may have a {@code content-length}; without one the answer is as long as what is written
     */
    void answer(int status, Headers headers);

    /** Queues bytes of the body. The array is given away: it must not be changed any more. Ignored once the exchange is over. */
    void write(byte[] array, int offset, int length);

    /** Ends the answer after what is queued. The trailers go to who understands them: every client of HTTP/2, and one of HTTP/1.1 that is given chunks. */
    void end(Headers trailers);

    /** Begins and ends an answer without a body, in one frame of HTTP/2: {@code headers} are all there is. */
    void answerOnly(int status, Headers headers);

    /** Gives up: what is queued is lost, the client sees a broken stream or connection. The receiver hears nothing more. */
    void abort(Reset reason);

    /** Bytes of the body that were queued and have not left for the connection, or are held back by it. */
    long queuedBytes();

    /** Whether little enough is queued that a handler should go on writing. */
    boolean isReady();

    /** Why an exchange is given up, in words of HTTP/2 (RFC 9113 section 7). */
    enum Reset {
        /** The exchange is not needed any more. */
        CANCEL(0x8),
        /** The request was not processed: it can be sent again safely. */
        REFUSED(0x7),
        /** The server is at fault. */
        INTERNAL(0x2),
        /** The client has broken the rules. */
        PROTOCOL(0x1);

        private final int code;

        Reset(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }
}
