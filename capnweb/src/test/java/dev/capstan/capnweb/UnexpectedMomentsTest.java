package dev.capstan.capnweb;

import static dev.capstan.capnweb.Scripted.value;
import static dev.capstan.capnweb.TwoPeers.call;
import static dev.capstan.capnweb.TwoPeers.object;
import static dev.capstan.capnweb.TwoPeers.results;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** Programs that call, close and pass on at moments at which nobody expects it. */
final class UnexpectedMomentsTest {
    @Test
    void a_publisher_that_calls_when_it_is_subscribed_to() {
        try (TwoPeers two = new TwoPeers()) {
            two.main.on("take", args -> value("took")).on("ping", args -> value("pong"));
            List<Promise<Payload>> inner = new ArrayList<>();
            Flow.Publisher<Object> publisher = subscriber -> {
                inner.add(results(call(two.api, "ping")));
                subscriber.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {
                        subscriber.onComplete();
                    }

                    @Override
                    public void cancel() {}
                });
            };
            Object outer = two.value(call(two.api, "take", Readable.of(two.loop(), publisher)));
            assertEquals("took", outer);
            assertEquals("pong", WebPayload.of(two.sim.await(inner.getFirst())).take());
        }
    }

    @Test
    void a_reference_that_another_thread_closes_before_its_loop_knows_what_it_is() throws InterruptedException {
        try (TwoPeers two = new TwoPeers()) {
            two.main.on("ping", args -> value("pong"));
            Thread other = new Thread(() -> two.client().main().close());
            other.start();
            other.join();
            two.settle();
            try (Cap again = two.client().main()) {
                assertEquals("pong", two.value(call(again, "ping")));
            }
        }
    }

    @Test
    void a_result_with_an_object_is_passed_on_as_what_it_is_also_after_calls_went_ahead_to_it() {
        try (TwoPeers two = new TwoPeers()) {
            Scripted mine = new Scripted(two.loop()).on("inc", args -> value(1L));
            two.main.on("make", args -> value(Map.of("counter", Values.share(args.getFirst()))));
            List<Object> seen = new ArrayList<>();
            Scripted local = new Scripted(two.loop()).on("take", args -> {
                Object first = args.getFirst();
                seen.add(first instanceof Map<?, ?> map ? map.keySet() : first);
                return value(null);
            });
            try (Stub api = Stub.of(two.loop(), two.api.share());
                    Stub here = Stub.of(two.loop(), local.cap());
                    Stub counter = Stub.of(two.loop(), mine.cap());
                    Stub made = api.call("make", counter);
                    Stub counted = made.get("counter").call("inc")) {
                assertEquals(1L, two.sim.await(counted.value()));
                try (Stub before = here.call("take", made)) {
                    two.sim.await(before.value());
                }
                two.sim.await(made.value());
                try (Stub after = here.call("take", made)) {
                    two.sim.await(after.value());
                }
            }
            assertEquals(List.of(Set.of("counter"), Set.of("counter")), seen);
        }
    }

    @Test
    void whoever_wants_to_know_when_a_place_breaks_asks_for_nothing() {
        try (TwoPeers two = new TwoPeers()) {
            two.main.get("place", () -> "read");
            try (Stub api = Stub.of(two.loop(), two.api.share())) {
                int before = two.fromClient.size();
                Promise<Void> broken = api.get("place").onBroken().eager();
                two.settle();
                assertEquals(before, two.fromClient.size(), two.fromClient::toString);
                assertFalse(broken.isDone());
                broken.cancel();
            }
        }
    }

    @Test
    void an_object_that_is_introduced_again_while_another_thread_has_closed_it() throws InterruptedException {
        SimLoop sim = new SimLoop();
        MessagePipe pipe = new MessagePipe(sim.loop());
        List<String> told = new ArrayList<>();
        pipe.right().start(new MessageStream.Receiver() {
            @Override
            public void received(byte[] array, int offset, int length, boolean lent) {
                told.add(new String(array, offset, length, StandardCharsets.UTF_8));
            }

            @Override
            public void ended() {
                told.add("end");
            }

            @Override
            public void failed(Throwable cause) {
                told.add("failed");
            }
        });
        try (WebPeer peer = WebPeer.over(sim.loop(), pipe.left(), null);
                Cap api = peer.main()) {
            Promise<Payload> first = results(call(api, "make"));
            Promise<Payload> second = results(call(api, "make"));
            first = first.eager();
            second = second.eager();
            sim.poll();
            pipe.right().send(ByteBuffer.wrap("[\"resolve\",1,[\"export\",-1]]".getBytes(StandardCharsets.UTF_8)));
            Cap made = (Cap) Objects.requireNonNull(WebPayload.of(sim.await(first)).take());
            sim.poll();
            Thread other = new Thread(made::close);
            other.start();
            other.join();
            byte[] line = "[\"resolve\",2,[\"export\",-1]]".getBytes(StandardCharsets.UTF_8);
            // What the other thread has posted is still to be done.
            ((Session) peer).received(line, 0, line.length, false);
            Cap again = (Cap) Objects.requireNonNull(WebPayload.of(sim.await(second)).take());
            sim.poll();
            assertFalse(told.stream().anyMatch(each -> each.contains("release\",-1")), told::toString);
            again.close();
            sim.poll();
            assertTrue(told.contains("[\"release\",-1,2]"), told::toString);
        }
    }
}
