package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Path;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises of the peer that would wait for themselves fail at once; those that only look like it do not. */
final class CirclesTest {
    private static final String CIRCLE =
            "[\"error\",\"Error\",\"This promise waits for itself: it was resolved to what cannot be there before it.\"]";

    private final SimLoop sim = new SimLoop();
    private final List<String> received = new ArrayList<>();
    private final WebPeer[] peer = new WebPeer[1];
    private final SimStream client = connect();

    private SimStream connect() {
        SimNetwork network = new SimNetwork(sim, 1);
        Scripted main = new Scripted(sim.loop())
                .on("echo", args -> value(Values.share(args.getFirst())))
                .on("both", args -> value(Values.share(args)))
                .on("never", args -> new Completer<Scripted.Answered>(sim.loop()).promise())
                .on("forward", args -> {
                    Answer call = TwoPeers.call((Cap) Objects.requireNonNull(args.getFirst()), "get");
                    Cap result = call.pipeline().cap(Path.Names.NONE);
                    call.close();
                    return value(result);
                });
        network.host("server").onAccept(stream -> peer[0] = WebPeer.over(sim.loop(), stream, main.cap()));
        SimStream stream = network.host("client").connect("server");
        stream.start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                received.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                received.add("end");
            }

            @Override
            public void failed(Throwable cause) {
                received.add("failed: " + cause);
            }
        });
        return stream;
    }

    private void send(String... lines) {
        for (String line : lines) {
            client.send(ByteBuffer.wrap(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
            sim.poll();
        }
    }

    private void assertHeard(String... lines) {
        assertEquals(
                List.of(lines).stream().map(line -> line.replace('\'', '"')).toList(), received);
    }

    private void assertNothingLeftAfterReleasing(int pushes) {
        for (int id = 1; id <= pushes; id++) {
            send("['release'," + id + ",1]");
        }
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Itself, and a place and a call in itself.
                "['pipeline',1]",
                "['import',1]",
                "['pipeline',1,['x']]",
                "['import',1,['x']]",
                "['pipeline',1,['x'],[1]]",
                "['import',1,['x'],[1]]",
                "['pipeline',1,[],[['pipeline',1]]]",
                // An argument, a part of a part, and an argument of an argument.
                "['pipeline',0,['echo'],[['pipeline',1]]]",
                "['import',0,['echo'],[['pipeline',1]]]",
                "['pipeline',0,['echo'],[{'a':[[{'b':['pipeline',1,['c']]}]]}]]",
                "['pipeline',0,['echo'],[['pipeline',0,['echo'],[['pipeline',1]]]]]",
                "[[1,['pipeline',1]]]",
                "{'a':['pipeline',1]}",
                "['error','Error','x',null,{'a':['pipeline',1]}]",
                // A map of itself, and one that passes itself on.
                "['remap',1,[],[],[['pipeline',0,['x']]]]",
                "['remap',1,['y'],[],[['pipeline',0,['x']]]]",
            })
    void a_promise_that_is_resolved_to_what_waits_for_it_is_told_so(String expression) {
        send("['push',['promise',-1]]", "['pull',1]", "['resolve',-1," + expression + "]");
        assertHeard("['release',-1,1]", "['reject',1," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "['pipeline',0,['echo'],[['promise',-1]]]",
                "[[['promise',-1]]]",
                "{'x':['promise',-1]}",
                "['pipeline',0,['both'],[1,['promise',-1]]]",
                "['pipeline',0,['echo'],[['pipeline',0,['echo'],[['promise',-1]]]]]",
            })
    void a_promise_that_is_resolved_to_a_call_that_waits_for_it_is_told_so(String expression) {
        send("['push'," + expression + "]", "['pull',1]", "['resolve',-1,['pipeline',1]]");
        assertHeard("['release',-1,1]", "['reject',1," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(1);
    }

    @Test
    void two_promises_that_wait_for_one_another_are_told_so() {
        send("['push',['promise',-1]]", "['push',['promise',-2]]", "['pull',1]", "['pull',2]");
        send("['resolve',-1,['pipeline',2]]");
        assertHeard();
        send("['resolve',-2,['pipeline',1]]");
        assertHeard(
                "['release',-2,1]", "['reject',2," + CIRCLE + "]", "['release',-1,1]", "['reject',1," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(2);
    }

    @Test
    void a_circle_is_found_through_calls_whose_results_were_given_up() {
        send(
                "['push',['promise',-1]]",
                "['push',['pipeline',0,['echo'],[['pipeline',1]]]]",
                "['push',['pipeline',0,['echo'],[{'a':['pipeline',2,['b']]}]]]",
                "['push',['remap',3,[],[],[['pipeline',0]]]]",
                "['release',2,1]",
                "['release',3,1]",
                "['pull',1]",
                "['resolve',-1,['pipeline',4]]");
        assertHeard("['release',-1,1]", "['reject',1," + CIRCLE + "]");
        send("['release',1,1]", "['release',4,1]");
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }

    @Test
    void a_circle_is_found_through_what_a_map_has_made() {
        send(
                "['push',['promise',-1]]",
                "['push',[[1,2]]]",
                "['push',['remap',2,[],[['import',0],['import',1]],[['pipeline',-1,['echo'],[['pipeline',-2]]]]]]",
                "['pull',1]",
                "['resolve',-1,['pipeline',3]]");
        assertHeard("['release',-1,1]", "['reject',1," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(3);
    }

    @Test
    void an_answer_that_waits_for_its_own_call_is_told_so() {
        // The object returns what it has asked the peer for; the peer answers with just that.
        send("['push',['pipeline',0,['forward'],[['export',-1]]]]");
        assertHeard("['push',['pipeline',-1,['get'],[]]]", "['release',-1,1]");
        received.clear();
        send("['push',['pipeline',0,['echo'],[['pipeline',1]]]]", "['pull',2]", "['resolve',1,['pipeline',1]]");
        assertHeard("['pull',1]", "['release',1,1]", "['reject',2," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(2);
    }

    @Test
    void a_promise_that_fails_because_of_itself_is_told_so() {
        send("['push',['promise',-1]]", "['pull',1]", "['reject',-1,['pipeline',1]]");
        assertHeard("['release',-1,1]", "['reject',1," + CIRCLE + "]");
        assertNothingLeftAfterReleasing(1);
    }

    @Test
    void an_object_that_holds_itself_waits_for_nothing() {
        // x is told as an object, which can be called later; nobody waits for it.
        send("['push',['promise',-1]]", "['resolve',-1,{'v':7,'x':['import',1,['v']]}]");
        send("['push',['pipeline',1,['v']]]", "['pull',2]");
        assertHeard("['release',-1,1]", "['resolve',2,7]");
        assertNothingLeftAfterReleasing(2);
    }

    @Test
    void promises_that_wait_for_others_get_them() {
        send(
                "['push',['promise',-1]]",
                "['push',['promise',-2]]",
                "['push',['pipeline',0,['both'],[['pipeline',1],['pipeline',2]]]]",
                "['pull',3]",
                "['resolve',-1,['pipeline',0,['echo'],[['pipeline',2]]]]",
                "['resolve',-2,5]");
        assertEquals("[\"resolve\",3,[[5,5]]]", received.getLast());
        assertNothingLeftAfterReleasing(3);
    }

    @Test
    void what_was_known_before_is_not_waited_for() {
        // The call has waited for -1 and has ended; -2 may be resolved to it, and the next one to that.
        send("['push',['pipeline',0,['echo'],[['promise',-1]]]]", "['resolve',-1,1]");
        for (int id = 2; id < 50; id++) {
            send(
                    "['push',['pipeline',0,['echo'],[['promise',-" + id + "]]]]",
                    "['resolve',-" + id + ",['pipeline'," + (id - 1) + "]]",
                    "['release'," + (id - 1) + ",1]");
        }
        received.clear();
        send("['pull',49]");
        assertHeard("['resolve',49,1]");
        send("['release',49,1]");
        assertEquals(new WebPeer.Tables(0, 1, 1), peer[0].tables());
    }

    @Test
    void a_circle_of_very_many_is_left_until_the_session_ends_and_costs_little() {
        int calls = 20_000;
        send("['push',['promise',-1]]");
        for (int id = 2; id <= calls; id++) {
            send("['push',['pipeline',0,['echo'],[['pipeline'," + (id - 1) + "]]]]");
        }
        send("['resolve',-1,['pipeline'," + calls + "]]", "['pull',1]");
        assertHeard();
        send("['push',['pipeline',0,['echo'],['well']]]", "['pull'," + (calls + 1) + "]");
        assertHeard("['resolve'," + (calls + 1) + ",'well']");
        assertTrue(peer[0].tables().imports() == 2);
        client.end();
        sim.poll();
        assertEquals(new WebPeer.Tables(0, 0, 0), peer[0].tables());
    }

    /** So many promises each of which waits for the one before; the last is named by this. */
    private int chain(int length) {
        send("['push',['promise',-1]]");
        for (int id = 2; id <= length; id++) {
            send("['push',['pipeline',0,['echo'],[['pipeline'," + (id - 1) + "]]]]");
        }
        return length;
    }

    private long steps() {
        return ((Session) peer[0]).circles.steps();
    }

    @Test
    void many_small_changes_at_the_end_of_a_long_chain_cost_no_more_than_their_messages_pay_for() {
        int last = chain(5_000);
        int changes = 1_000;
        for (int i = 1; i <= changes; i++) {
            send(
                    "['push',['promise',-" + (i + 1) + "]]",
                    "['resolve',-" + (i + 1) + ",['pipeline'," + last + "]]",
                    "['release'," + (last + i) + ",1]");
        }
        long paid = Circles.MOST_SAVED + 3L * changes * Circles.STEPS_A_MESSAGE;
        assertTrue(steps() > 5_000, "it was looked for: " + steps());
        assertTrue(steps() <= paid, steps() + " steps, and " + paid + " were paid for");
    }

    @Test
    void long_lists_of_what_is_waited_for_cost_what_they_are() {
        // What the result waits for is pushed anew by each search.
        send("['push',['promise',-1]]");
        String many = String.join(",", Collections.nCopies(9_000, "['pipeline',1]"));
        send("['push',['pipeline',0,['both'],[" + many + "]]]");
        int changes = 200;
        for (int i = 1; i <= changes; i++) {
            send("['push',['promise',-" + (i + 1) + "]]", "['resolve',-" + (i + 1) + ",['pipeline',2]]");
        }
        long paid = Circles.MOST_SAVED + 2L * changes * Circles.STEPS_A_MESSAGE;
        assertTrue(steps() > 9_000, "it was looked for: " + steps());
        assertTrue(steps() <= paid, steps() + " steps, and " + paid + " were paid for");
    }

    @Test
    void a_search_that_was_given_up_leaves_the_promise_pending_and_later_messages_pay_for_the_next() {
        int last = chain(5_000);
        for (int i = 2; i < 20; i++) {
            send("['push',['promise',-" + i + "]]", "['resolve',-" + i + ",['pipeline'," + last + "]]");
        }
        send("['push',['promise',-20]]", "['pull'," + (last + 19) + "]");
        send("['resolve',-20,['pipeline'," + (last + 19) + "]]");
        assertHeard("['release',-20,1]", "['reject'," + (last + 19) + "," + CIRCLE + "]");
        received.clear();
        // This one is too long for what is left.
        send("['resolve',-1,['pipeline'," + last + "]]", "['pull',1]");
        assertHeard();
        for (int id = last + 20; id <= last + 120; id++) {
            send("['push',1]");
        }
        send("['push',['promise',-21]]", "['pull'," + (last + 121) + "]");
        send("['resolve',-21,['pipeline',0,['both'],[['pipeline'," + last + "],['pipeline'," + (last + 121) + "]]]]");
        assertHeard("['release',-21,1]", "['reject'," + (last + 121) + "," + CIRCLE + "]");
    }
}
