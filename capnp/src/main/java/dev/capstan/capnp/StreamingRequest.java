package dev.capstan.capnp;

import dev.capstan.async.Completer;
import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A typed call of a stream ({@code -> stream} in the schema) that is being prepared.
 *
 * @param <P> builder of the parameters
 */
public final class StreamingRequest<P extends StructBuilder> implements AutoCloseable {
    private final dev.capstan.cap.Request request;
    private final P params;
    private final @Nullable Loop loop;

    StreamingRequest(Cap cap, Method.Ordinal method, StructType<P, ?> params) {
        this.loop = cap.loop();
        this.request = cap.request(method, CapnpFormat.INSTANCE, Request.sizeHint(params), Hints.NO_PIPELINING);
        this.params = Request.init(request, loop, params);
    }

    /** Where the parameters are built, until the request is sent. */
    public P params() {
        return params;
    }

    /**
     * Sends the call. The promise settles when the next one may be sent, which is usually before this one has arrived; it fails if an earlier
     * call of the stream has failed. The stream's last, ordinary call tells whether everything arrived.
     */
    public Promise<Void> send() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            return request.sendStreaming();
        }
        Completer<Void> next = new Completer<>(home);
        home.post(() -> next.follow(request.sendStreaming()));
        return next.promise();
    }

    /** Fills the parameters and sends the call; gives the request up if {@code fill} throws. */
    public Promise<Void> send(Consumer<? super P> fill) {
        Request.fillOrClose(fill, params, this);
        return send();
    }

    /** Gives the request up without sending it. Call it only if it was not sent. */
    @Override
    public void close() {
        Loop home = loop;
        if (home == null || home.inLoop()) {
            request.close();
        } else {
            home.post(request::close);
        }
    }
}
