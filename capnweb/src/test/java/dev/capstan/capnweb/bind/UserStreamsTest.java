package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams whose Java end is the user's code, which throws or waits. */
class UserStreamsTest {
    private final Pair pair = new Pair();

    enum Fault {
        SUBSCRIBE,
        SUBSCRIBE_AFTER_SUBSCRIPTION,
        REQUEST,
        SECOND_REQUEST
    }

    @Remote(blocking = true)
    interface Source {
        Flow.Publisher<Integer> numbers();

        Iterator<Integer> slow();

        Promise<String> quick();

        int sum(Iterator<Integer> numbers);
    }

    /** Publishes one and fails. */
    private static Flow.Publisher<Integer> faulty(Fault fault, List<String> told) {
        return subscriber -> {
            if (fault == Fault.SUBSCRIBE) {
                throw new IllegalStateException("subscribe");
            }
            subscriber.onSubscribe(new Flow.Subscription() {
                private int requests;

                @Override
                public void request(long count) {
                    requests++;
                    if (fault == Fault.REQUEST || requests == 2) {
                        throw new IllegalStateException("request");
                    }
                    subscriber.onNext(requests);
                }

                @Override
                public void cancel() {
                    told.add("cancelled");
                }
            });
            if (fault == Fault.SUBSCRIBE_AFTER_SUBSCRIPTION) {
                throw new IllegalStateException("subscribe");
            }
        };
    }

    private static class Sources implements Source {
        @Override
        public Flow.Publisher<Integer> numbers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Iterator<Integer> slow() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Promise<String> quick() {
            return Promise.of("quick");
        }

        @Override
        public int sum(Iterator<Integer> numbers) {
            int sum = 0;
            while (numbers.hasNext()) {
                sum += numbers.next();
            }
            return sum;
        }
    }

    private Source connect(Source object) {
        return pair.connect(Source.class, pair.server.serve(pair.sim.loop(), object));
    }

    @AfterEach
    void nothing_is_left() {
        pair.assertNothingIsLeft();
        pair.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_publisher_that_throws_fails_its_subscriber(Fault fault) {
        List<String> told = new ArrayList<>();
        Source source = connect(new Sources() {
            @Override
            public Flow.Publisher<Integer> numbers() {
                return faulty(fault, told);
            }
        });
        List<String> heard = new ArrayList<>();
        source.numbers().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(10);
            }

            @Override
            public void onNext(Integer item) {
                heard.add("next");
            }

            @Override
            public void onError(Throwable failure) {
                heard.add("failed");
            }

            @Override
            public void onComplete() {
                heard.add("complete");
            }
        });
        pair.sim.poll();
        assertEquals("failed", heard.getLast(), heard.toString());
        assertEquals(1, heard.stream().filter("failed"::equals).count(), heard.toString());
        assertEquals(fault == Fault.SUBSCRIBE ? List.of() : List.of("cancelled"), told);
        Remotes.close(source);
    }

    /** Two numbers, each after a second. */
    private Iterator<Integer> waiting() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 2;
            }

            @Override
            public Integer next() {
                pair.sim.loop().timer().after(Duration.ofSeconds(1)).await();
                return ++next;
            }
        };
    }

    @Test
    void an_iterator_may_wait_and_others_are_served_meanwhile() {
        Source source = connect(new Sources() {
            @Override
            public Iterator<Integer> slow() {
                return waiting();
            }
        });
        Iterator<Integer> slow = source.slow();
        Promise<String> quick = pair.sim
                .loop()
                .timer()
                .after(Duration.ofMillis(500))
                .then(ignored -> source.quick())
                .eager();
        assertEquals(1, slow.next());
        assertEquals(Duration.ofSeconds(1), pair.sim.now());
        assertEquals(true, pair.sim.poll(quick));
        assertEquals("quick", pair.sim.await(quick));
        assertEquals(2, slow.next());
        assertEquals(false, slow.hasNext());
        Remotes.close(source);
    }

    @Test
    void an_iterator_that_is_passed_may_wait() {
        Source source = connect(new Sources());
        assertEquals(3, source.sum(waiting()));
        Remotes.close(source);
    }

    @Test
    void an_iterator_of_a_thread_outside_of_the_loop_is_asked_outside_of_it() {
        Source source = connect(new Sources());
        List<Boolean> inLoop = new ArrayList<>();
        Iterator<Integer> numbers = new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 3;
            }

            @Override
            public Integer next() {
                inLoop.add(Objects.equals(Loop.current(), pair.sim.loop()));
                return next++;
            }
        };
        List<Integer> sums = new ArrayList<>();
        Promise<Void> done = pair.sim.loop().offload(() -> {
            sums.add(source.sum(numbers));
            return Promise.nothing();
        });
        pair.sim.await(done);
        assertEquals(List.of(3), sums);
        assertEquals(List.of(false, false, false), inLoop);
        Remotes.close(source);
    }
}
