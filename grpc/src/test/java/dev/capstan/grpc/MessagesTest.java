package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.CanceledException;
import dev.capstan.async.Loop;
import dev.capstan.async.ParkPort;
import dev.capstan.async.Promise;
import dev.capstan.testkit.Parity;
import io.grpc.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final Context.Key<String> KEY = Context.key("test");

    @Test
    void what_is_listed_is_read_in_its_order_and_then_comes_null() {
        Messages<Integer> messages = Messages.of(List.of(1, 2, 3));
        assertEquals(1, messages.read());
        assertEquals(2, messages.read());
        assertEquals(3, messages.read());
        assertNull(messages.read());
        assertNull(messages.read());
    }

    @Test
    @Parity("GRPC-C7.1")
    void a_loop_takes_them_all() {
        List<Integer> taken = new ArrayList<>();
        for (int each : Messages.of(List.of(1, 2, 3))) {
            taken.add(each);
        }
        assertEquals(List.of(1, 2, 3), taken);
    }

    @Test
    @Parity("GRPC-C7.1")
    void an_iterator_has_nothing_after_the_last() {
        Iterator<Integer> iterator = Messages.of(List.of(1)).iterator();
        assertEquals(1, iterator.next());
        assertThrows(NoSuchElementException.class, iterator::next);
    }

    @Test
    void a_writer_is_one_message_ahead_of_its_reader() throws Exception {
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> second = new CompletableFuture<>();
        Messages<Integer> messages = Messages.writing(out -> {
            for (int i = 0; i < 10; i++) {
                if (i == 2) {
                    second.complete(null);
                }
                out.write(i);
                written.incrementAndGet();
            }
        });
        assertEquals(0, written.get());
        assertEquals(0, messages.read());
        second.get(60, TimeUnit.SECONDS);
        assertTrue(written.get() <= 2, "written: " + written);
        assertEquals(1, messages.read());
        messages.close();
    }

    @Test
    void what_a_writer_throws_comes_after_what_it_has_written() {
        IllegalStateException failure = new IllegalStateException("no more");
        Messages<Integer> messages = Messages.writing(out -> {
            out.write(1);
            throw failure;
        });
        assertEquals(1, messages.read());
        assertSame(failure, assertThrows(IllegalStateException.class, messages::read));
    }

    @Test
    void what_a_writer_throws_and_must_be_declared_comes_wrapped() {
        Messages<Integer> messages = Messages.writing(out -> {
            throw new IOException("disk");
        });
        CompletionException wrapped = assertThrows(CompletionException.class, messages::read);
        assertInstanceOf(IOException.class, wrapped.getCause());
    }

    @Test
    @Parity("GRPC-C7.3")
    void closing_stops_the_writer_where_it_writes() throws Exception {
        CompletableFuture<Throwable> stopped = new CompletableFuture<>();
        Messages<Integer> messages = Messages.writing(out -> {
            try {
                for (int i = 0; ; i++) {
                    out.write(i);
                }
            } catch (RuntimeException e) {
                stopped.complete(e);
                throw e;
            }
        });
        assertEquals(0, messages.read());
        messages.close();
        assertInstanceOf(CanceledException.class, stopped.get(60, TimeUnit.SECONDS));
        assertNull(messages.read());
    }

    @Test
    void closing_stops_a_writer_that_blocks() throws Exception {
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> stopped = new CompletableFuture<>();
        Messages<Integer> messages = Messages.writing(out -> {
            out.write(1);
            begun.complete("begun");
            try {
                new CompletableFuture<String>().get();
            } catch (InterruptedException e) {
                stopped.complete("interrupted");
            }
        });
        assertEquals(1, messages.read());
        begun.get(60, TimeUnit.SECONDS);
        messages.close();
        assertEquals("interrupted", stopped.get(60, TimeUnit.SECONDS));
    }

    @Test
    void a_writer_runs_on_the_thread_of_who_carries_the_messages() throws Exception {
        List<Object> seen = new ArrayList<>();
        Messages.writing(out -> {
                    out.write(1);
                    seen.add(Thread.currentThread());
                })
                .writeTo(seen::add);
        assertEquals(List.of(1, Thread.currentThread()), seen);
    }

    @Test
    void messages_are_there_once() throws Exception {
        Messages<Integer> messages = Messages.of(List.of(1));
        messages.writeTo(message -> {});
        assertThrows(IllegalStateException.class, messages::read);
        assertThrows(IllegalStateException.class, () -> messages.writeTo(message -> {}));
    }

    @Test
    @Parity("GRPC-P2.3")
    void a_fiber_that_reads_lets_others_run() {
        Loop loop = new Loop(new ParkPort());
        CompletableFuture<String> other = new CompletableFuture<>();
        Messages<String> messages = Messages.writing(out -> out.write(other.get()));
        // The second fiber begins only if the first gives up the permit while it waits for the message.
        Promise<String> first = loop.later(() -> {
            Promise<String> read = loop.fiber(messages::read);
            loop.fiber(() -> other.complete("from the second")).detach(other::completeExceptionally);
            return read;
        });
        assertEquals("from the second", loop.await(first));
    }

    @Test
    void a_writer_has_the_context_in_which_it_was_made() {
        Messages<String> messages;
        Context before = Context.current().withValue(KEY, "made here").attach();
        try {
            messages = Messages.writing(out -> out.write(String.valueOf(KEY.get())));
        } finally {
            Context.current().detach(before);
        }
        assertEquals("made here", messages.read());
    }
}
