package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Call;
import dev.capstan.cap.Cap;
import dev.capstan.cap.CountedCap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Format;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.Request;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.rpc.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A call that was prepared for the peer, and whose target turns out to be here, where it cannot be made. */
class RedirectTest extends LimitsFixture {
    private static final Method SOME = new Method.Ordinal(1, 0);

    private final List<String> ended = new ArrayList<>();

    private final class Unaskable extends CountedCap {
        Unaskable() {
            super(sim.loop());
        }

        @Override
        public Request request(Method method, Format fallback, int sizeHint, Hints hints) {
            throw new IllegalStateException("cannot be asked");
        }

        @Override
        public Answer call(Call call) {
            call.close();
            return Answer.broken(Failure.failed("cannot be called"));
        }

        @Override
        public @Nullable Cap resolved() {
            return null;
        }

        @Override
        public @Nullable Promise<Cap> resolution() {
            return null;
        }

        @Override
        public Object brand() {
            return this;
        }

        @Override
        protected void released() {}
    }

    /** A request to the peer's bootstrap object, which by now is that of this side. */
    private Request redirected() {
        Vat vat = Vat.on(sim.loop()).servingEach(peer -> new Unaskable()).build();
        vats.add(vat);
        net.host("vat").onAccept(stream -> accepted.add((Connection) vat.connect(stream)));
        ScriptedPeer peer = new ScriptedPeer(sim, net.host("peer").connect("vat"));
        peers.add(peer);
        bootstrap(peer, 0);
        peer.receive(Message.Which.RETURN);
        finish(peer, 0);
        Cap promise = own(vat().bootstrap());
        long id = peer.receive(Message.Which.BOOTSTRAP).getBootstrap().getQuestionId();
        Request request = promise.request(SOME, CapnpFormat.INSTANCE, 0, Hints.NONE);
        request.onEnd(() -> ended.add("ended"));
        peer.send(message -> {
            var ret = message.initReturn();
            ret.setAnswerId(id);
            ret.initResults().initCapTable(1).get(0).setReceiverHosted(0);
            ret.getResults().getContent().setCap(FIRST_IN_TABLE.cap().share());
        });
        sim.poll();
        return request;
    }

    private void assertFails(Promise<?> promise) {
        assertEquals("cannot be asked", failureOf(promise).reason());
        assertEquals(List.of("ended"), ended);
    }

    @Test
    void a_call_that_cannot_be_made_there_fails_and_ends() {
        assertFails(own(redirected().send()).results());
    }

    @Test
    void a_call_of_a_stream_that_cannot_be_made_there_fails_and_ends() {
        assertFails(redirected().sendStreaming());
    }
}
