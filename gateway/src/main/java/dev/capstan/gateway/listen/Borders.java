package dev.capstan.gateway.listen;

import dev.capstan.async.Loop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Membrane;
import dev.capstan.capnp.rpc.Peer;
import java.util.HashMap;
import java.util.Map;

/** What visitors get hold of passes a border of their own, which closes when they are gone. Belongs to its loop. */
final class Borders {
    private final Loop loop;
    private final Map<Peer, Membrane> byPeer = new HashMap<>();

    Borders(Loop loop) {
        this.loop = loop;
    }

    /** For a session that holds its main object until its end. Takes ownership; the session owns the result. */
    Cap main(Cap object) {
        return new Membrane(loop, Membrane.Policy.ALL).entrance(object);
    }

    /** For a connection of Cap'n Proto, which may ask for its bootstrap object any number of times, and give it back. As {@link #main}. */
    Cap bootstrap(Peer peer, Cap object) {
        Membrane membrane = byPeer.get(peer);
        if (membrane == null) {
            Membrane made = new Membrane(loop, Membrane.Policy.ALL);
            byPeer.put(peer, made);
            peer.onDisconnect().listen(loop, (done, cause) -> {
                byPeer.remove(peer);
                made.revoke(Failure.disconnected("the client is gone"));
            });
            membrane = made;
        }
        return membrane.outward(object);
    }
}
