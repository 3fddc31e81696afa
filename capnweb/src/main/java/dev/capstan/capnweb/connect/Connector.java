package dev.capstan.capnweb.connect;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.EarlyPeer;
import dev.capstan.capnweb.WebPeer;
import java.util.function.Supplier;

/** Makes a connection whenever one is needed, always to the same target: one that offers the same objects each time. */
@FunctionalInterface
public interface Connector {
    /**
     * A session of its own, of which the caller becomes the owner. Called on the loop's thread; cancelled when it takes too long or is not needed any more, and a
     * session that is there by then is closed.
     *
     * @throws Exception what keeps it from connecting; as a promise that fails
     */
    Promise<WebPeer> connect() throws Exception;

    /**
     * Of what makes sessions that can be used before they are connected, as {@link dev.capstan.capnweb.WebClient#connect} does. They count as connections from the beginning: whether there
     * was one is seen when it is lost.
     */
    static Connector of(Supplier<? extends WebPeer> supplier) {
        return () -> Promise.of(supplier.get());
    }

    /**
     * Of what makes sessions that may be spoken in before the server was heard, as {@link dev.capstan.capnweb.WebClient#openEarly} does. A {@link ReconnectingClient} then makes such calls at once that {@link
     * Idempotent} marks and whose arguments are plain data, on its main object or a place in it; everything else waits until the session is confirmed, as it does in a {@link ClientPool}.
     */
    static Connector early(Supplier<Promise<EarlyPeer>> supplier) {
        return new EarlyConnector(supplier);
    }
}
