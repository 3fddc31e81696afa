package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Loop;
import dev.capstan.async.ParkPort;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.testfixture.TestMoreStuff;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls from a thread that drives no loop. */
class OutsideTest {
    private final Loop loop = new Loop(new ParkPort());
    private final Thread thread = Thread.ofPlatform().name("vat").start(loop::run);
    private final Servers servers = new Servers(loop);

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
    }

    @Test
    void an_object_that_is_put_into_parameters_lives_where_the_call_is_sent_from() {
        try (TestMoreStuff.Client stuff = TestMoreStuff.TYPE.serve(loop, servers.new MoreStuff());
                var answer = stuff.callFoo(params -> params.setCap(servers.new Foo()))) {
            assertEquals("bar", answer.await().getS());
        }
    }

    @Test
    void an_object_that_is_put_into_a_message_of_no_call_must_be_served_first() {
        TestAllTypes.Builder root = new MessageBuilder().initRoot(TestAllTypes.TYPE);
        var error = assertThrows(IllegalStateException.class, () -> root.setInterfaceField(servers.new Foo()));
        assertTrue(String.valueOf(error.getMessage()).contains("TYPE.serve(loop, object)"), () -> "" + error);
    }
}
