package dev.capstan.capnp.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Context;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Hints;
import dev.capstan.cap.Method;
import dev.capstan.cap.QueuedCap;
import dev.capstan.cap.Target;
import dev.capstan.capnp.CapnpFormat;
import dev.capstan.capnp.CapnpPayload;
import dev.capstan.capnp.rpc.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may send to do harm: nothing of it costs more than its own connection, and nothing is left behind. */
@Timeout(20)
class HostilePeerTest {
    private static final int ECHO = 0;
    private static final int HANG = 1;
    private static final int FAIL = 2;
    private static final int KEEP = 3;
    private static final int PROMISE = 4;
    private static final int NOTHING = 5;
    private static final int CLEANUP_FAILS = 6;

    private final SimLoop sim = new SimLoop();
    private final Obliging object = new Obliging();
    private HostilePeer peer = new HostilePeer(sim, Limits.DEFAULT, object);

    /** Does what it is asked to. */
    private final class Obliging implements Target {
        final List<Cap> kept = new ArrayList<>();
        final List<QueuedCap> promised = new ArrayList<>();

        @Override
        public Promise<Void> handle(Context context) {
            CapnpPayload params = CapnpPayload.of(context.params());
            return switch (((Method.Ordinal) context.method()).methodId()) {
                case ECHO -> {
                    CapnpPayload.of(context.results(4))
                            .builder()
                            .setCap(params.reader().asCap());
                    yield Promise.done();
                }
                case HANG -> {
                    context.allowCancellation();
                    yield new Completer<Void>(sim.loop()).promise();
                }
                case FAIL -> throw Failure.failed("as you wished");
                case KEEP -> {
                    kept.add(params.reader().asCap());
                    yield Promise.done();
                }
                case PROMISE -> {
                    QueuedCap cap = new QueuedCap(sim.loop());
                    promised.add(cap);
                    CapnpPayload.of(context.results(4)).builder().setCap(cap.share());
                    yield Promise.done();
                }
                case CLEANUP_FAILS -> {
                    context.allowCancellation();
                    yield new Completer<Void>(sim.loop()).promise().attach(() -> {
                        throw new IllegalStateException("on purpose: this test expects a logged error");
                    });
                }
                default -> Promise.done();
            };
        }
    }

    private void limits(Limits limits) {
        peer.close();
        peer = new HostilePeer(sim, limits, object);
    }

    private void start() {
        peer.bootstrap(0);
        assertTrue(peer.next().getReturn().isResults());
    }

    @AfterEach
    void closing_leaves_nothing() {
        object.kept.forEach(Cap::close);
        object.promised.forEach(Cap::close);
        peer.close();
    }

    // ---- promises that go in circles

    @Test
    void a_promise_that_resolves_to_the_answer_that_it_is_itself_breaks() {
        start();
        peer.call(1, ECHO, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(5));
        });
        peer.ignore();
        peer.call(2, KEEP, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(5));
        });
        peer.ignore();
        peer.resolve(5, cap -> cap.initReceiverAnswer().setQuestionId(1));
        peer.sim.poll();
        assertNotNull(object.kept.getFirst().innermost());
        peer.stillUp();
    }

    @Test
    void a_promise_that_resolves_to_an_answer_that_becomes_itself_breaks() {
        start();
        peer.call(2, KEEP, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(5));
        });
        peer.call(1, ECHO, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(5));
        });
        peer.resolve(5, cap -> cap.initReceiverAnswer().setQuestionId(1));
        peer.sim.poll();
        assertNotNull(object.kept.getFirst().innermost());
        peer.stillUp();
    }

    @Test
    void a_promise_of_ours_that_leads_to_the_peers_promise_that_leads_to_ours_breaks() {
        start();
        peer.call(1, PROMISE, HostilePeer.toExport(0));
        long ours = peer.next().getReturn().getResults().getCapTable().get(0).getSenderPromise();
        peer.call(2, KEEP, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(5));
        });
        peer.ignore();
        object.promised.getFirst().resolve(object.kept.getFirst().share());
        peer.ignore();
        peer.resolve(5, cap -> cap.setReceiverHosted(ours));
        peer.sim.poll();
        assertNotNull(object.kept.getFirst().innermost());
        assertNotNull(object.promised.getFirst().innermost());
        peer.stillUp();
    }

    @Test
    void two_promises_that_resolve_to_each_other_abort() {
        start();
        for (int i = 0; i < 2; i++) {
            long id = 5L + i;
            peer.call(1 + i, KEEP, call -> {
                HostilePeer.toExport(0).accept(call);
                HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(id));
            });
            peer.ignore();
        }
        peer.resolve(5, cap -> cap.setSenderPromise(6));
        peer.resolve(6, cap -> cap.setSenderPromise(5));
        peer.sim.poll();
        assertNotNull(object.kept.getFirst().innermost());
    }

    @Test
    void a_long_chain_of_promises_costs_no_stack() {
        start();
        peer.call(1, KEEP, call -> {
            HostilePeer.toExport(0).accept(call);
            HostilePeer.content(call.getParams(), cap -> cap.setSenderPromise(0));
        });
        peer.sim.poll();
        for (int i = 0; i < 50_000; i++) {
            long next = i + 1L;
            peer.resolve(i, cap -> cap.setSenderPromise(next));
            if (i % 1000 == 0) {
                peer.sim.poll();
                peer.received.clear();
            }
        }
        peer.sim.poll();
        var answer = object.kept
                .getFirst()
                .request(new Method.Ordinal(1, 1), CapnpFormat.INSTANCE, 0, Hints.NONE)
                .send();
        answer.pipeline().close();
        answer.results().cancel();
        object.kept.removeFirst().close();
        peer.received.clear();
    }

    // ---- long pipelines

    private void pipeline(int first, int calls) {
        for (int i = 0; i < calls; i++) {
            peer.call(first + i, NOTHING, HostilePeer.toAnswer(first + i - 1));
        }
    }

    @Test
    void the_failure_of_a_call_reaches_nine_thousand_calls_pipelined_on_each_other() {
        peer.bootstrap(0);
        peer.call(1, FAIL, HostilePeer.toAnswer(0));
        pipeline(2, 9_000);
        peer.sim.poll();
        assertEquals(9_002, peer.received.size());
        peer.received.clear();
        peer.stillUp();
    }

    @Test
    void a_connection_ends_with_nine_thousand_calls_pipelined_on_each_other() {
        start();
        peer.call(1, HANG, HostilePeer.toExport(0));
        pipeline(2, 9_000);
        peer.stream.end();
        peer.sim.poll();
        assertTrue(peer.ended);
        assertEquals(List.of(), peer.vat.peers());
        peer.received.clear();
    }

    @Test
    void nine_thousand_calls_pipelined_on_each_other_are_finished() {
        start();
        peer.call(1, HANG, HostilePeer.toExport(0));
        pipeline(2, 9_000);
        for (int i = 1; i < 9_002; i++) {
            peer.finish(i);
        }
        peer.ignore();
        assertEquals(1, peer.connection.tables().answers());
        peer.stillUp();
    }

    // ---- tables and queues

    @Test
    void calls_that_were_refused_do_not_fill_the_table() {
        limits(Limits.DEFAULT.withAnswers(10));
        start();
        for (int i = 1; i < 100; i++) {
            peer.call(i, HANG, HostilePeer.toExport(0));
        }
        peer.sim.poll();
        assertTrue(
                peer.connection.tables().answers() <= 10,
                () -> peer.connection.tables().toString());
        assertEquals(90, peer.received.size());
        assertEquals(
                dev.capstan.capnp.rpc.protocol.Exception.Type.OVERLOADED,
                peer.next().getReturn().getException().getType());
        peer.received.clear();
    }

    @Test
    void bootstraps_that_are_never_finished_do_not_fill_the_table() {
        limits(Limits.DEFAULT.withAnswers(10));
        for (int i = 0; i < 100; i++) {
            peer.bootstrap(i);
        }
        peer.sim.poll();
        assertTrue(
                peer.connection.tables().answers() <= 10,
                () -> peer.connection.tables().toString());
        peer.received.clear();
    }

    @Test
    void disembargoes_that_wait_for_ever_are_counted() {
        start();
        peer.call(1, PROMISE, HostilePeer.toExport(0));
        long ours = peer.next().getReturn().getResults().getCapTable().get(0).getSenderPromise();
        for (int i = 0; i < 2_000; i++) {
            peer.send(message -> {
                var disembargo = message.initDisembargo();
                disembargo.initTarget().setImportedCap(ours);
                disembargo.getContext().setSenderLoopback(1);
            });
        }
        peer.abortedWith("Limits.embargoes");
    }

    @Test
    void a_capability_table_that_costs_its_sender_nothing_is_refused() {
        start();
        // List of 8,000,000 structs without content: three words.
        var message = new dev.capstan.capnp.MessageBuilder(64);
        var call = message.initRoot(Message.TYPE).initCall();
        call.setQuestionId(1);
        call.initTarget().setImportedCap(0);
        call.initParams().initCapTable(1);
        byte[] frame = message.toByteArray();
        voidStructs(frame, 8_000_000);
        peer.stream.send(java.nio.ByteBuffer.wrap(frame));
        peer.abortedWith("Limits.imports");
    }

    /** Makes the tag of the message's last list say that there are {@code count} elements without content. */
    private static void voidStructs(byte[] frame, int count) {
        var words = java.nio.ByteBuffer.wrap(frame).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int tag = frame.length - 24;
        assertEquals(1L << 2 | 1L << 32 | 1L << 48, words.getLong(tag), "the tag of the table");
        words.putLong(tag, (long) count << 2);
    }

    @Test
    void places_in_an_answer_are_counted() {
        limits(Limits.DEFAULT.withExports(50));
        start();
        peer.call(1, HANG, HostilePeer.toExport(0));
        for (int i = 0; i < 100; i++) {
            int index = i;
            peer.call(2 + i, KEEP, call -> {
                HostilePeer.toExport(0).accept(call);
                HostilePeer.content(call.getParams(), cap -> {
                    var answer = cap.initReceiverAnswer();
                    answer.setQuestionId(1);
                    answer.initTransform(1).get(0).setGetPointerField(index);
                });
            });
            peer.finish(2 + i);
        }
        peer.sim.poll();
        assertTrue(peer.ended);
        assertTrue(peer.received.getLast().getAbort().getReason().contains("Limits.exports"));
        peer.received.clear();
    }

    // ---- texts

    @Test
    void the_longest_abort_that_fits_ends_the_connection() {
        Promise<Void> over = peer.connection.onDisconnect();
        String reason = "x".repeat((8 << 20) * 8 - 200);
        peer.send(message -> message.initAbort().setReason(reason));
        Failure failure = assertThrows(Failure.class, () -> sim.await(over));
        assertEquals(Failure.Kind.DISCONNECTED, failure.kind());
        assertTrue(failure.reason().length() < 100_000, "it is not kept");
        assertTrue(peer.next().isAbort());
        peer.nothing();
        assertEquals(List.of(), peer.vat.peers());
    }

    @Test
    void a_reason_that_is_no_text_is_read_all_the_same() {
        Promise<Void> over = peer.connection.onDisconnect();
        var message = new dev.capstan.capnp.MessageBuilder(64);
        message.initRoot(Message.TYPE).initAbort().setReason("ABCDEFGH");
        byte[] frame = message.toByteArray();
        for (int i = 0; i < frame.length; i++) {
            if (frame[i] >= 'A' && frame[i] <= 'H') {
                frame[i] = (byte) 0xff;
            }
        }
        peer.stream.send(java.nio.ByteBuffer.wrap(frame));
        assertTrue(assertThrows(Failure.class, () -> sim.await(over)).reason().endsWith("\ufffd"));
        assertTrue(peer.next().isAbort());
    }

    @Test
    void capability_pointers_in_a_message_that_is_echoed_cost_little() {
        peer.send(message -> {
            var list = message.initJoin()
                    .getKeyPart()
                    .init(dev.capstan.capnp.PointerList.type(dev.capstan.capnp.AnyPointer.CAPABILITY), 2_000_000);
            for (int i = 0; i < list.size(); i++) {
                list.any(i).setCap(dev.capstan.cap.BrokenCap.because("only its pointer counts"));
            }
        });
        assertTrue(peer.next().getUnimplemented().isJoin());
    }

    // ---- failures of ours that a peer may provoke

    @Test
    void a_clean_up_that_fails_does_not_end_the_connection() {
        start();
        peer.call(1, CLEANUP_FAILS, HostilePeer.toExport(0));
        peer.nothing();
        peer.finish(1);
        assertTrue(peer.next().getReturn().isCanceled());
        peer.stillUp();
    }

    @Test
    void a_connection_ends_though_clean_up_fails() {
        start();
        peer.call(1, CLEANUP_FAILS, HostilePeer.toExport(0));
        peer.call(2, CLEANUP_FAILS, HostilePeer.toExport(0));
        peer.nothing();
        Promise<Void> over = peer.connection.onDisconnect();
        peer.stream.end();
        assertThrows(Failure.class, () -> sim.await(over));
        assertEquals(List.of(), peer.vat.peers());
        peer.received.clear();
    }

    @Test
    void a_connection_ends_though_an_object_does_not_let_go() {
        Target bad = new Target() {
            @Override
            public Promise<Void> handle(Context context) {
                CapnpPayload.of(context.results(4)).builder().setCap(new dev.capstan.cap.LocalCap(sim.loop(), this));
                return Promise.done();
            }

            @Override
            public void released() {
                throw new IllegalStateException("on purpose: this test expects a logged error");
            }
        };
        HostilePeer other = new HostilePeer(sim, Limits.DEFAULT, bad);
        other.bootstrap(0);
        other.next();
        for (int i = 1; i < 4; i++) {
            other.call(i, 0, HostilePeer.toExport(0));
            other.next();
        }
        other.send(message -> {
            message.initFinish().setQuestionId(1);
            message.getFinish().setReleaseResultCaps(true);
        });
        other.stillUp();
        Promise<Void> over = other.connection.onDisconnect();
        other.stream.end();
        assertThrows(Failure.class, () -> sim.await(over));
        other.close();
    }

    @Test
    void results_that_break_the_rules_fail_the_call_that_they_answer() {
        start();
        Cap remote = peer.connection.bootstrap();
        peer.next();
        // 5 is a promise, is held as a plain import as well, and is resolved.
        for (int i = 1; i < 3; i++) {
            int kind = i;
            peer.call(i, KEEP, call -> {
                HostilePeer.toExport(0).accept(call);
                HostilePeer.content(call.getParams(), cap -> {
                    if (kind == 1) {
                        cap.setSenderPromise(5);
                    } else {
                        cap.setSenderHosted(5);
                    }
                });
            });
        }
        peer.resolve(5, cap -> cap.setSenderHosted(6));
        peer.ignore();
        var answer = remote.request(new Method.Ordinal(1, 1), CapnpFormat.INSTANCE, 0, Hints.NONE)
                .send();
        Cap place = answer.pipeline().cap(dev.capstan.cap.Path.ROOT);
        long question = peer.next().getCall().getQuestionId();
        peer.send(message -> {
            message.initReturn().setAnswerId(question);
            HostilePeer.content(message.getReturn().initResults(), cap -> cap.setSenderPromise(5));
        });
        peer.sim.poll();
        assertThrows(Failure.class, () -> sim.await(answer.results()));
        place.close();
        answer.pipeline().close();
        remote.close();
        peer.received.clear();
    }

    @Test
    void finishing_twice_and_finishing_what_runs_is_harmless() {
        start();
        peer.call(1, HANG, HostilePeer.toExport(0));
        peer.finish(1);
        peer.finish(1);
        peer.finish(1);
        peer.ignore();
        peer.stillUp();
    }

    @Test
    void a_result_that_answers_its_own_question_settles_nothing_and_harms_nothing() {
        start();
        Cap remote = peer.connection.bootstrap();
        peer.next();
        var answer = remote.request(new Method.Ordinal(1, 1), CapnpFormat.INSTANCE, 0, Hints.NONE)
                .send();
        long question = peer.next().getCall().getQuestionId();
        peer.call(1, KEEP, call -> {
            HostilePeer.toExport(0).accept(call);
            call.getSendResultsTo().setYourself();
        });
        peer.sim.poll();
        for (int i = 0; i < 2; i++) {
            peer.send(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().setTakeFromOtherQuestion(1);
            });
        }
        peer.sim.poll();
        sim.await(answer.results()).close();
        answer.pipeline().close();
        remote.close();
        peer.received.clear();
        assertFalse(peer.connection.tables().questions() > 2);
    }

    @Test
    void null_pointers_everywhere_end_in_an_abort_or_an_answer() {
        for (int kind = 0; kind < 20; kind++) {
            HostilePeer other = new HostilePeer(sim, Limits.DEFAULT, object);
            var message = new dev.capstan.capnp.MessageBuilder(64);
            message.initRoot(Message.TYPE);
            byte[] frame = message.toByteArray();
            frame[16] = (byte) kind;
            other.stream.send(java.nio.ByteBuffer.wrap(frame));
            sim.poll();
            assertFalse(
                    other.received.stream()
                            .anyMatch(
                                    m -> m.isAbort() && m.getAbort().getReason().contains("internal")),
                    "message " + kind);
            other.close();
        }
    }
}
