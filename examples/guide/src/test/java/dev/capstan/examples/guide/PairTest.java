package dev.capstan.examples.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.SimLoop;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebPeer;
import dev.capstan.capnweb.bind.Binder;
import dev.capstan.capnweb.bind.Remotes;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;

/** How a service is tested: two peers in one process, on a loop whose time is simulated. */
// snippet pair
class PairTest {
    private final SimLoop sim = new SimLoop();
    private final Binder binder = Binder.of(MethodHandles.lookup());

    @Test
    void books_are_found() {
        var main = binder.serve(sim.loop(), new OurLibrary());
        WebPeer.Pair pair = WebPeer.pair(sim.loop(), null, main, Options.DEFAULT);
        // Another binder, so that nothing takes a short cut through this process.
        Library library = Binder.of(MethodHandles.lookup())
                .stub(Library.class, sim.loop(), pair.left().main());

        assertEquals(2, library.by("Austen").size());

        Remotes.close(library);
        sim.poll();
        assertEquals(new WebPeer.Tables(0, 1, 0), pair.left().tables()); // nothing is left over
        pair.left().close();
    }
}
// end snippet
