package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Loop;
import dev.capstan.async.SimLoop;
import dev.capstan.grpc.CallMetadata;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which way answers take to their subscriber: at once where that is possible, through a queue where it is not, and in order whatever happens. */
class AnswerStreamTest {
    private static final MethodDescriptor<String, String> METHOD =
            HandLine.method(MethodDescriptor.MethodType.SERVER_STREAMING);

    private final HandLine line = new HandLine();
    private final List<String> log = new ArrayList<>();

    /** Logs what it is told, and asks for as many answers as it is told to. */
    private final class Subscriber implements Flow.Subscriber<String> {
        Flow.Subscription subscription = new Flow.Subscription() {
            @Override
            public void request(long count) {
                throw new AssertionError("not subscribed");
            }

            @Override
            public void cancel() {
                throw new AssertionError("not subscribed");
            }
        };

        @Override
        public void onSubscribe(Flow.Subscription to) {
            subscription = to;
        }

        @Override
        public void onNext(String answer) {
            log.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            log.add("failed");
        }

        @Override
        public void onComplete() {
            log.add("done");
        }
    }

    private final Subscriber subscriber = new Subscriber();

    private void subscribe(Loop loop) {
        GrpcCall.begin(loop, line, METHOD, CallOptions.DEFAULT, CallMetadata.EMPTY, 1 << 20)
                .answers()
                .subscribe(subscriber);
    }

    @SuppressWarnings("unchecked") // the one call there is has answers of text
    private ClientCall.Listener<String> server() {
        return (ClientCall.Listener<String>) line.open.getFirst();
    }

    private void answer(String... answers) {
        for (String each : answers) {
            server().onMessage(each);
        }
    }

    @Test
    void answers_that_were_asked_for_are_handed_over_within_the_turn_that_brings_them() {
        SimLoop sim = new SimLoop();
        subscribe(sim.loop());
        sim.poll();
        subscriber.subscription.request(Long.MAX_VALUE);
        sim.poll();
        List<String> within = new ArrayList<>();
        sim.loop().post(() -> {
            answer("a", "b");
            within.addAll(log);
            server().onClose(Status.OK, new Metadata());
        });
        sim.poll();
        assertEquals(List.of("a", "b"), within);
        assertEquals(List.of("a", "b", "done"), log);
    }

    @Test
    void those_that_nobody_asked_for_wait_and_the_end_behind_them() {
        SimLoop sim = new SimLoop();
        subscribe(sim.loop());
        sim.poll();
        subscriber.subscription.request(1);
        sim.poll();
        sim.loop().post(() -> {
            answer("a", "b", "c");
            server().onClose(Status.OK, new Metadata());
        });
        sim.poll();
        assertEquals(List.of("a"), log);
        subscriber.subscription.request(1);
        sim.poll();
        assertEquals(List.of("a", "b"), log);
        subscriber.subscription.request(1);
        sim.poll();
        assertEquals(List.of("a", "b", "c", "done"), log);
    }

    @Test
    void the_server_is_asked_for_more_when_half_of_what_may_wait_was_taken() {
        SimLoop sim = new SimLoop();
        subscribe(sim.loop());
        sim.poll();
        int ahead = line.requested;
        subscriber.subscription.request(Long.MAX_VALUE);
        sim.loop().post(() -> {
            for (int i = 0; i < ahead / 2 - 1; i++) {
                answer("x");
            }
        });
        sim.poll();
        assertEquals(ahead, line.requested);
        sim.loop().post(() -> answer("x"));
        sim.poll();
        assertEquals(ahead + ahead / 2, line.requested);
    }

    /** The fiber holds the permit, so nothing may be told meanwhile: neither the answer that was handed over nor those that came after it. */
    @Test
    void answers_that_come_while_a_fiber_works_are_told_when_it_has_ended_and_in_order() throws Exception {
        CountDownLatch works = new CountDownLatch(1);
        CountDownLatch came = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        List<String> meanwhile = new ArrayList<>();
        try (NetLoop net = NetLoop.open("answers", Transport.AUTO)) {
            Loop loop = net.loop();
            subscribe(loop);
            loop.execute(() -> subscriber.subscription.request(Long.MAX_VALUE));
            loop.fiber(() -> {
                        works.countDown();
                        assertTrue(came.await(30, TimeUnit.SECONDS));
                        return "";
                    })
                    .detach(failure -> log.add(String.valueOf(failure)));
            assertTrue(works.await(30, TimeUnit.SECONDS));
            loop.post(() -> {
                answer("a", "b", "c");
                server().onClose(Status.OK, new Metadata());
                meanwhile.addAll(log);
                came.countDown();
                loop.execute(told::countDown);
            });
            assertTrue(told.await(30, TimeUnit.SECONDS));
        }
        assertEquals(List.of(), meanwhile);
        assertEquals(List.of("a", "b", "c", "done"), log);
    }
}
