package dev.capstan.net.http;

import dev.capstan.async.ByteStream;

/**
 * An answer whose head has come and whose body is read as it comes, however long it is. Whoever waits for it owns it: the connection is held until the body has been read to its end, or
 * this is closed. Belongs to its loop and is used on its thread.
 */
public interface HttpAnswer extends AutoCloseable {
    /** 200 to 599. */
    int status();

    /** What the server has sent before the body. */
    Headers headers();

    /** Begins delivery of the body; called once. What fails later is an {@link java.io.IOException}. */
    void start(ByteStream.Receiver receiver);

    /** Stops delivery until {@link #resume}, and holds the server back; at once when called from within {@link ByteStream.Receiver#received}. */
    void pause();

    /** Delivers again, in a turn of its own. */
    void resume();

    /** Gives up what has not come yet: the connection is closed, and nothing more is told. Does nothing after the end. */
    @Override
    void close();
}
