package dev.capstan.examples.peers;

import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Remotes;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts {@link Alice} in a process of her own, goes to her, and does as she does. */
public final class Bob {
    private Bob() {}

    // snippet bob
    static void meet(Peer bob, URI alice) throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(2);
        try (WebPeer other = bob.connect(alice)) {
            Notebook theirs = bob.of(other);
            // Waits for the answer: this is no thread of a loop.
            System.out.println("bob meets " + theirs.owner().await());
            try (Notebook.Following following = theirs.follow(line -> {
                System.out.println("bob reads: " + line);
                heard.countDown();
            })) {
                theirs.write("bob was here");
                bob.write("bob thinks of nothing");
                bob.write("bob thinks of alice");
                theirs.write("bob goes");
                heard.await();
                System.out.println("bob has read " + following.lines().await() + " lines");
            }
            Remotes.close(theirs);
        }
    }
    // end snippet

    public static void main(String[] args) throws IOException, InterruptedException {
        Process alice = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Alice.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (Peer bob = new Peer("bob");
                BufferedReader said = alice.inputReader(StandardCharsets.UTF_8)) {
            String ready = said.readLine();
            meet(bob, URI.create(ready.substring("READY ".length())));
            said.lines().forEach(System.out::println);
        }
        alice.waitFor();
    }
}
