package dev.capstan.capnweb.connect;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.EarlyPeer;
import dev.capstan.capnweb.WebPeer;
import java.util.function.Supplier;

/** A connector whose sessions can say something before they are confirmed, for those who know what. */
final class EarlyConnector implements Connector {
    private final Supplier<Promise<EarlyPeer>> supplier;

    EarlyConnector(Supplier<Promise<EarlyPeer>> supplier) {
        this.supplier = supplier;
    }

    /** The caller owns what comes of it. */
    Promise<EarlyPeer> begin() {
        return supplier.get();
    }

    /** For others: a session once it is confirmed. */
    @Override
    public Promise<WebPeer> connect() {
        return begin().then(begun -> {
            boolean[] handedOut = new boolean[1];
            return begun.confirmed()
                    .map(now -> {
                        handedOut[0] = true;
                        return begun.peer();
                    })
                    .attach(() -> {
                        if (!handedOut[0]) {
                            begun.close();
                        }
                    });
        });
    }
}
