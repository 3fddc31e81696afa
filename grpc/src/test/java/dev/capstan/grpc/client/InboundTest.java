package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What arrives on one thread and is taken by another. */
class InboundTest {
    private static final int CALLS = 500_000;
    private static final List<Integer> MESSAGES = List.of(0, 1, 2, 3);

    /** The first message waits at another place than those behind it: whoever takes one must not look at the second place before the first. */
    @Test
    void messages_are_taken_in_the_order_in_which_they_came_while_more_of_them_come() throws InterruptedException {
        List<Inbound<Integer>> calls =
                Stream.generate(Inbound<Integer>::new).limit(CALLS).toList();
        AtomicInteger reading = new AtomicInteger(-1);
        Thread channel = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < CALLS; i++) {
                while (reading.get() < i) {
                    Thread.onSpinWait(); // Until the other one looks for the messages of this very call.
                }
                MESSAGES.forEach(calls.get(i)::onMessage);
            }
        });
        try {
            for (int i = 0; i < CALLS; i++) {
                reading.set(i);
                assertEquals(MESSAGES, taken(calls.get(i)), "call " + i);
            }
        } finally {
            reading.set(CALLS);
            channel.join();
        }
    }

    @Test
    void watchers_are_told_in_their_order_however_many_there_are() {
        int many = 10_000;
        Inbound<Integer> call = new Inbound<>();
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            int number = i;
            call.watch(() -> {
                if (call.hasHeaders()) {
                    told.add(number);
                }
            });
        }
        call.onHeaders(new Metadata());
        assertEquals(IntStream.range(0, many).boxed().toList(), told);
    }

    private static List<Integer> taken(Inbound<Integer> call) {
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < MESSAGES.size()) {
            Integer message = call.poll();
            if (message != null) {
                taken.add(message);
            }
        }
        return taken;
    }
}
