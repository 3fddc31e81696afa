package dev.capstan.examples.peers;

import dev.capstan.async.Promise;
import dev.capstan.capnweb.WebPeer;
import java.util.concurrent.CountDownLatch;

/** Listens. When somebody comes she follows their notebook and writes a line into it; when they are gone, so is she. */
public final class Alice {
    private Alice() {}

    // snippet alice
    /** Settles when {@code other} is gone. */
    static Promise<Void> meet(Peer alice, WebPeer other) {
        Notebook theirs = alice.of(other);
        Notebook.Following following = theirs.follow(line -> System.out.println("alice reads: " + line));
        theirs.owner()
                .map(name -> {
                    theirs.write("hello, " + name + ", this is alice");
                    return name;
                })
                .detach(failure -> System.out.println("alice hears no name: " + failure.getMessage()));
        return other.onDisconnect().attach(following);
    }
    // end snippet

    public static void main(String[] args) throws InterruptedException {
        var gone = new CountDownLatch(1);
        try (Peer alice = new Peer("alice")) {
            int port = alice.listen(
                    0, other -> meet(alice, other).listen(alice.net().loop(), (done, failure) -> gone.countDown()));
            System.out.println("READY ws://127.0.0.1:" + port + "/");
            gone.await();
        }
        System.out.println("alice is alone");
    }
}
