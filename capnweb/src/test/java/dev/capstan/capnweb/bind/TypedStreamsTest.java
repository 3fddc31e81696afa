package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Readable;
import dev.capstan.capnweb.bind.Library.Api;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams as parameters and results of interfaces. */
class TypedStreamsTest {
    private final Pair pair = new Pair();
    private final LibraryServer object = new LibraryServer(pair.sim.loop());
    private final Api api = pair.connect(Api.class, pair.server.serveBlocking(pair.sim.loop(), object));

    @AfterEach
    void nothing_is_left() {
        Remotes.close(api);
        pair.assertNothingIsLeft();
        pair.close();
    }

    @Test
    void an_input_stream_is_read_by_the_callee() {
        assertEquals(200_000, api.count(new ByteArrayInputStream(new byte[200_000])));
    }

    @Test
    void an_input_stream_is_a_result() throws IOException {
        try (InputStream in = api.zeros(100_000)) {
            assertArrayEquals(new byte[100_000], in.readAllBytes());
        }
        api.zeros(1_000_000).close();
    }

    @Test
    void iterators_carry_values_of_their_own_type() {
        assertEquals(10, api.sum(List.of(1, 2, 3, 4).iterator()));
        Iterator<Library.Address> addresses = api.addresses(3);
        List<Integer> numbers = new ArrayList<>();
        addresses.forEachRemaining(address -> numbers.add(address.number()));
        assertEquals(List.of(0, 1, 2), numbers);
        assertFalse(addresses.hasNext());
    }

    @Test
    void publishers_carry_values_of_their_own_type() {
        List<String> heard = new ArrayList<>();
        api.users(numbered(3)).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(100);
            }

            @Override
            public void onNext(Library.User user) {
                heard.add(user.name());
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure.toString());
            }

            @Override
            public void onComplete() {
                heard.add("end");
            }
        });
        pair.sim.poll();
        assertEquals(List.of("n0", "n1", "n2", "end"), heard);
    }

    private static Flow.Publisher<String> numbered(int count) {
        return subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int next;

            @Override
            public void request(long n) {
                for (long i = 0; i < n && next < count; i++) {
                    subscriber.onNext("n" + next++);
                }
                if (next == count) {
                    next++;
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {
                next = count + 1;
            }
        });
    }

    @Test
    void an_output_stream_is_written_by_the_callee() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        api.fill(out, "hello");
        assertEquals("hello", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_stream_goes_round() {
        try (Readable stream = Readable.of(pair.sim.loop(), new byte[] {1, 2, 3});
                Readable back = api.through(stream)) {
            assertArrayEquals(new byte[] {1, 2, 3}, pair.sim.await(back.bytes(10)));
        }
    }

    @Test
    void a_chunk_of_another_type_is_told() {
        @Remote
        interface Odd {
            Iterator<String> addresses(int count);
        }
        Odd odd = pair.client.stub(Odd.class, Remotes.stub(api).dup());
        Iterator<String> wrong = odd.addresses(1);
        assertEquals(
                "a chunk of the stream: expected a string, got an object",
                assertThrows(Failure.class, wrong::next).reason());
        assertFalse(wrong.hasNext());
        Remotes.close(odd);
    }

    @Remote
    interface Careless {
        void take(OutputStream out, InputStream in, Iterator<String> names, Flow.Publisher<String> more);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_a_method_leaves_open_is_closed_when_it_is_through(boolean blocking) {
        Careless object = (out, in, names, more) -> {};
        Careless careless = pair.connect(
                Careless.class,
                blocking
                        ? pair.server.serveBlocking(pair.sim.loop(), object)
                        : pair.server.serve(pair.sim.loop(), object));
        AtomicBoolean ended = new AtomicBoolean();
        OutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                ended.set(true);
            }
        };
        careless.take(out, new ByteArrayInputStream(new byte[10]), List.of("a").iterator(), numbered(2));
        Remotes.close(careless);
        pair.assertNothingIsLeft();
        assertTrue(ended.get());
    }
}
