package dev.capstan.async;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue against a list that does the same slowly. */
final class EventQueueTest {
    private final Loop loop = new SimLoop().loop();

    private final class Entry extends Event {
        Entry() {
            super(EventQueueTest.this.loop);
        }

        @Override
        protected void fire() {}
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agrees_with_a_plain_list(long seed) {
        Random random = new Random(seed);
        EventQueue queue = new EventQueue(loop);
        List<Event> model = new ArrayList<>();
        int point = 0;
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    Event event = new Entry();
                    queue.append(event);
                    model.add(event);
                }
                case 1, 2 -> {
                    Event event = new Entry();
                    queue.insertDepthFirst(event);
                    model.add(point++, event);
                }
                case 3 -> {
                    if (!model.isEmpty()) {
                        int at = random.nextInt(model.size());
                        queue.remove(model.remove(at));
                        point -= at < point ? 1 : 0;
                    }
                }
                default -> {
                    point = 0;
                    Event polled = queue.poll();
                    if (model.isEmpty()) {
                        assertNull(polled);
                    } else {
                        assertSame(model.removeFirst(), polled);
                    }
                }
            }
            assertEquals(model.size(), queue.size());
            assertEquals(model.isEmpty(), queue.isEmpty());
        }
        while (!model.isEmpty()) {
            assertSame(model.removeFirst(), queue.poll());
        }
    }
}
