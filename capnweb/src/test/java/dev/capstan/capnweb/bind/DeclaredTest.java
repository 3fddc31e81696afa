package dev.capstan.capnweb.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Stub;
import dev.capstan.capnweb.il.Program;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a method declares to throw is thrown at its caller. */
class DeclaredTest {
    private final Pair pair = new Pair();

    static final class NoSuchTask extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoSuchTask(String message) {
            super(message);
        }
    }

    static final class Sold extends Exception {
        private static final long serialVersionUID = 1;

        Sold(String message) {
            super(message);
        }
    }

    record Task(String title) {}

    @Remote
    interface Tasks {
        String unchecked() throws NoSuchTask;

        String kept();

        Pending<Task> pending() throws NoSuchTask;

        Pending<Task> checked() throws Sold;

        Pending<Task> good();

        Pending<List<Task>> all() throws NoSuchTask;

        Pending<String> title(Pending<Task> task) throws NoSuchTask;
    }

    private static final class OurTasks implements Tasks {
        @Override
        public String unchecked() {
            throw new NoSuchTask("no task 7");
        }

        @Override
        public String kept() {
            throw new NoSuchTask("a secret");
        }

        @Override
        public Pending<Task> pending() {
            throw new NoSuchTask("no task 8");
        }

        @Override
        public Pending<Task> checked() throws Sold {
            throw new Sold("sold out");
        }

        @Override
        public Pending<Task> good() {
            return Pending.of(new Task("good"));
        }

        @Override
        public Pending<List<Task>> all() {
            return Pending.of(List.of(new Task("a")));
        }

        @Override
        public Pending<String> title(Pending<Task> task) {
            throw new NoSuchTask("no title of " + task.await().title());
        }
    }

    private final Tasks tasks = pair.connect(Tasks.class, pair.server.serveBlocking(pair.sim.loop(), new OurTasks()));

    @AfterEach
    void nothing_is_left() {
        Remotes.close(tasks);
        pair.assertNothingIsLeft();
        pair.close();
    }

    @Test
    void an_unchecked_exception_that_is_declared_is_thrown() {
        assertEquals(
                "no task 7", assertThrows(NoSuchTask.class, tasks::unchecked).getMessage());
    }

    @Test
    void the_same_exception_where_it_is_not_declared_is_kept() {
        assertEquals(
                "kept failed; the log of the callee says why",
                assertThrows(Failure.class, tasks::kept).reason());
    }

    @Test
    void a_pending_value_fails_with_what_its_method_declares() {
        try (Pending<Task> task = tasks.pending()) {
            assertEquals(
                    "no task 8", assertThrows(NoSuchTask.class, task::await).getMessage());
        }
    }

    @Test
    void a_place_in_a_pending_value_fails_as_the_value_does() {
        try (Pending<Task> task = tasks.pending()) {
            Pending<String> title = task.get("title", String.class);
            assertEquals(
                    "no task 8", assertThrows(NoSuchTask.class, title::await).getMessage());
        }
    }

    @Test
    void a_place_that_a_record_does_not_have_is_refused_at_once() {
        try (Pending<Task> task = tasks.pending()) {
            assertEquals(
                    "Task has no member 'titel' but title",
                    assertThrows(IllegalArgumentException.class, () -> task.get("titel", String.class))
                            .getMessage());
        }
    }

    @Test
    void a_place_of_another_type_is_told_by_its_name() {
        try (Pending<Task> task = tasks.good()) {
            Pending<Integer> title = task.get("title", Integer.class);
            assertEquals(
                    "title: result: expected an integer from -2147483648 to 2147483647, got \"good\"",
                    assertThrows(Failure.class, title::await).reason());
        }
    }

    @Test
    void a_method_that_the_peer_does_not_have_is_unimplemented_and_told_with_its_interface() {
        @Remote
        interface Other {
            String helo();
        }
        Other other = pair.client.stub(Other.class, Remotes.stub(tasks).dup());
        Failure unknown = assertThrows(Failure.class, other::helo);
        assertEquals(Failure.Kind.UNIMPLEMENTED, unknown.kind());
        assertEquals(
                "'helo' is not a function. The peer's object has no method of that name, which Other declares: compare"
                        + " both sides",
                unknown.reason());
        Remotes.close(other);
    }

    @Test
    void programs_for_a_server_that_answers_none_are_told_so() {
        try (Stub stub = Remotes.stub(tasks).dup();
                Stub result = Program.of(p -> 1).on(stub)) {
            assertEquals(
                    "'$run' is not a function. This server answers no programs (Programs.answeredBy).",
                    assertThrows(Failure.class, () -> result.value().await()).reason());
        }
    }

    @Test
    void a_checked_exception_of_a_pending_value_comes_as_that_of_a_promise() throws Sold {
        try (Pending<Task> task = tasks.checked()) {
            CompletionException wrapped = assertThrows(CompletionException.class, task::await);
            assertEquals(
                    "sold out", assertInstanceOf(Sold.class, wrapped.getCause()).getMessage());
        }
    }

    @Test
    void a_map_fails_with_what_its_calls_declare() {
        try (Pending<List<Task>> all = tasks.all();
                Pending<List<String>> titles = Pending.map(all, tasks::title)) {
            assertEquals(
                    "no title of a",
                    assertThrows(NoSuchTask.class, titles::await).getMessage());
        }
    }
}
