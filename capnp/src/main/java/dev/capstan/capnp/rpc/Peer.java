package dev.capstan.capnp.rpc;

import dev.capstan.async.Promise;
import dev.capstan.cap.Cap;
import dev.capstan.capnp.Client;
import dev.capstan.capnp.InterfaceType;

/** One connection to another vat. Owned by whoever got it; its vat closes it too. May be used from any thread. */
public interface Peer extends AutoCloseable {
    /** The other vat's bootstrap object; usable at once, calls on it travel with the request for it. The caller owns it. Broken if the connection is. */
    Cap bootstrap();

    /** The other vat's bootstrap object as a typed client. The caller owns it. */
    default <C extends Client> C bootstrap(InterfaceType<C> type) {
        return type.client(bootstrap());
    }

    /**
     * Fails with the cause, a {@link dev.capstan.cap.Failure} of kind DISCONNECTED, when the connection is over, in whatever way. Each call gives another
     * promise of it.
     */
    Promise<Void> onDisconnect();

    /** How many entries the tables hold now; all zero when nothing is going on. On the loop's thread. */
    Tables tables();

    /** Ends the connection after what is queued has been sent; calls that are open fail DISCONNECTED on both sides. Does nothing the second time. */
    @Override
    void close();

    /**
     * Entries of the four tables and of the embargo table.
     *
     * @param questions calls of ours that are not forgotten
     * @param answers calls of the peer that are not forgotten
     * @param exports our capabilities that the peer holds
     * @param imports the peer's capabilities that we hold
     * @param embargoes paths being shortened
     */
    record Tables(int questions, int answers, int exports, int imports, int embargoes) {
        /** Whether there are none. */
        public boolean isEmpty() {
            return questions + answers + exports + imports + embargoes == 0;
        }
    }
}
