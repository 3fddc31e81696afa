package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.MessageStream;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import dev.capstan.testkit.SimNetwork;
import dev.capstan.testkit.SimStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages of streams, said to a session of ours and heard from it, word for word; also those that no peer in its right mind would say. */
class StreamMessagesTest {
    private final SimLoop sim = new SimLoop();
    private final List<String> heard = new ArrayList<>();
    private final List<Readable> kept = new ArrayList<>();
    private final Scripted server = new Scripted(sim.loop());
    private @Nullable SimStream peer;
    private @Nullable WebPeer session;
    private Limits limits = Limits.DEFAULT;
    private Compat compat = Compat.CAPSTAN;

    StreamMessagesTest() {
        server.on("keep", args -> {
            kept.add(((Readable) Objects.requireNonNull(args.getFirst())).share());
            return Scripted.value("kept");
        });
        server.on("size", args -> Scripted.value((long) blob(args).content().length));
    }

    private static Blob blob(List<?> args) {
        return (Blob) Objects.requireNonNull(args.getFirst());
    }

    private SimStream peer() {
        SimStream known = peer;
        if (known == null) {
            SimNetwork network = new SimNetwork(sim, 1);
            network.host("server")
                    .onAccept(stream -> session = WebPeer.over(
                            sim.loop(),
                            stream,
                            server.cap(),
                            Options.DEFAULT.withLimits(limits).withCompat(compat)));
            known = network.host("peer").connect("server");
            known.start(new MessageStream.Receiver() {
                @Override
                public void received(byte[] array, int offset, int length, boolean lent) {
                    heard.add(new String(array, offset, length, StandardCharsets.UTF_8));
                }

                @Override
                public void ended() {
                    heard.add("end");
                }

                @Override
                public void failed(Throwable cause) {
                    heard.add("failed: " + cause);
                }
            });
            peer = known;
        }
        return known;
    }

    /** Says lines in which {@code '} stands for a quotation mark. */
    private void say(String... lines) {
        for (String line : lines) {
            peer().send(ByteBuffer.wrap(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        }
        sim.poll();
    }

    private void hear(String... lines) {
        sim.poll();
        assertEquals(String.join("\n", lines), String.join("\n", heard).replace('"', '\''));
        heard.clear();
    }

    @AfterEach
    void the_session_has_outlived_it_and_nothing_is_left() {
        kept.forEach(Readable::close);
        heard.clear();
        say("['push',['pipeline',0,['alive'],[]]]");
        assertEquals(
                new WebPeer.Tables(0, 1, 2), Objects.requireNonNull(session).tables());
        session.close();
        sim.poll();
    }

    private Readable.Chunk read() {
        return sim.await(kept.getFirst().read());
    }

    private Failure readFails() {
        return assertThrows(Failure.class, this::read);
    }

    /** The peer opens a pipe, id 1, and calls with its end, id 2; the object keeps it. */
    private void givePipe() {
        say("['pipe']", "['push',['pipeline',0,['keep'],[['readable',1]]]]", "['release',2,1]");
        hear();
    }

    private static String write(String chunk) {
        return "['stream',['pipeline',1,['write'],[" + chunk + "]]]";
    }

    private static String closeWith(String argument) {
        return "['stream',['pipeline',1,['close'],[" + argument + "]]]";
    }

    private static final String CLOSE = "['stream',['pipeline',1,['close'],[]]]";

    @Nested
    class Reading {
        @Test
        @Parity("CW-I149")
        void a_write_is_answered_when_it_was_read_and_asks_for_nothing_else() {
            givePipe();
            say(write("'a'"), write("{'b':[[1]]}"), CLOSE);
            hear();
            assertEquals("a", read().take());
            hear("['resolve',3,['undefined']]");
            assertEquals(Map.of("b", List.of(1L)), read().take());
            hear("['resolve',4,['undefined']]", "['resolve',5,['undefined']]");
            assertTrue(read().isEnd());
            say("['release',1,1]");
            hear();
        }

        @Test
        void ordinary_calls_write_too() {
            givePipe();
            say(
                    "['push',['pipeline',1,['write'],['a']]]",
                    "['pull',3]",
                    "['push',['pipeline',1,['close'],[]]]",
                    "['pull',4]");
            assertEquals("a", read().take());
            hear("['resolve',3,['undefined']]", "['resolve',4,['undefined']]");
            assertTrue(read().isEnd());
            say("['release',3,1]", "['release',4,1]", "['release',1,1]");
        }

        @Test
        void what_is_written_keeps_its_order_when_a_part_is_still_to_come() {
            givePipe();
            say(write("[[['promise',-1]]]"), write("'b'"), CLOSE);
            Promise<Readable.Chunk> first = kept.getFirst().read();
            assertFalse(sim.poll(first));
            say("['resolve',-1,'a']");
            assertEquals(List.of("a"), sim.await(first).take());
            assertEquals("b", read().take());
            hear(
                    "['release',-1,1]",
                    "['resolve',3,['undefined']]",
                    "['resolve',4,['undefined']]",
                    "['resolve',5,['undefined']]");
            say("['release',1,1]");
        }

        @Test
        void a_reader_that_stops_says_so_once() {
            givePipe();
            for (int i = 0; i < 500; i++) {
                say(write("'" + i + "'"));
            }
            assertEquals("0", read().take());
            hear("['resolve',3,['undefined']]");
            kept.removeFirst().close();
            hear("['reject',4,['error','Error','" + Readable.CANCELED + "']]");
            say(write("'more'"), CLOSE, "['release',1,1]");
            hear("['reject',504,['error','Error','" + Readable.CANCELED + "']]");
        }

        /** TypeScript keeps an entry for each write that it was not told about. */
        @Test
        void a_reader_that_stops_answers_what_is_on_its_way_if_it_may_be_typescript_that_has_written_it() {
            compat = Compat.V0_12;
            givePipe();
            say(write("'a'"), write("'b'"), write("'c'"));
            kept.removeFirst().close();
            hear(
                    "['reject',3,['error','Error','" + Readable.CANCELED + "']]",
                    "['reject',4,['error','Error','" + Readable.CANCELED + "']]",
                    "['reject',5,['error','Error','" + Readable.CANCELED + "']]");
            say(write("'late'"), "['release',1,1]");
            hear("['reject',6,['error','Error','" + Readable.CANCELED + "']]");
        }

        @Test
        void a_reader_that_stops_while_nothing_is_written_says_so_to_the_next_write() {
            givePipe();
            kept.removeFirst().close();
            hear();
            say(write("'a'"), write("'b'"));
            hear("['reject',3,['error','Error','" + Readable.CANCELED + "']]");
            say("['release',1,1]");
        }

        @Test
        void an_abort_is_what_the_reader_sees_and_each_write_before_it_is_answered() {
            givePipe();
            say(write("'a'"), write("'b'"), "['stream',['pipeline',1,['abort'],[['error','RangeError','broken']]]]");
            assertEquals("broken", readFails().reason());
            hear(
                    "['resolve',5,['undefined']]",
                    "['reject',3,['error','RangeError','broken']]",
                    "['reject',4,['error','RangeError','broken']]");
            say("['release',1,1]");
            hear();
        }

        @Test
        void a_release_without_close_aborts() {
            givePipe();
            say("['release',1,1]");
            assertEquals(
                    "WritableStream RPC stub was disposed without calling close()",
                    readFails().reason());
            hear();
        }
    }

    @Nested
    class Hostile {
        private static final String USED = "Export 1 is not a pipe or its readable end was already consumed.";

        @Test
        void the_readable_end_of_a_pipe_is_there_once() {
            givePipe();
            say("['push',['pipeline',0,['keep'],[['readable',1]]]]", "['pull',3]", "['release',3,1]");
            assertTrue(heard.getFirst().contains(USED), heard.toString());
            heard.clear();
            say("['stream',['pipeline',1,['write'],['a']]]");
            assertEquals("a", read().take());
            say("['release',1,1]");
        }

        @Test
        void what_is_no_pipe_has_no_readable_end() {
            for (String id : List.of("0", "7", "-1", "1")) {
                heard.clear();
                say("['push',['pipeline',0,['keep'],[['readable'," + id + "]]]]");
            }
            say("['pull',1]", "['pull',4]", "['release',1,1]", "['release',2,1]", "['release',3,1]", "['release',4,1]");
            assertTrue(heard.get(0).contains("Export 0 is not a pipe"), heard.toString());
            assertTrue(heard.get(1).contains(USED), heard.toString());
        }

        @Test
        void nothing_is_written_after_the_end() {
            givePipe();
            say(CLOSE, write("'late'"), CLOSE, "['stream',['pipeline',1,['abort'],[]]]");
            assertTrue(read().isEnd());
            assertEquals(4, heard.size(), heard.toString());
            assertTrue(heard.stream().anyMatch(line -> line.startsWith("[\"reject\",4,")), heard.toString());
            say("['release',1,1]");
        }

        @Test
        @Parity("CW-I151")
        void a_stream_has_no_other_methods_and_no_properties() {
            say("['pipe']");
            List<String> wrong = List.of(
                    "['pipeline',1,['getWriter'],[['export',-1]]]",
                    "['pipeline',1,['write','x'],[['export',-2]]]",
                    "['pipeline',1,[],[['export',-3]]]",
                    "['pipeline',1,['write']]",
                    "['pipeline',1,['toString'],[]]");
            for (int i = 0; i < wrong.size(); i++) {
                say("['push'," + wrong.get(i) + "]", "['pull'," + (i + 2) + "]", "['release'," + (i + 2) + ",1]");
                assertTrue(
                        heard.stream()
                                .anyMatch(line ->
                                        line.startsWith("[\"reject\"") && line.contains("write, close and abort")),
                        wrong.get(i) + ": " + heard);
                assertEquals(
                        i < 3 ? 1 : 0,
                        heard.stream()
                                .filter(line -> line.startsWith("[\"release\""))
                                .count(),
                        "what came with it is given back");
                heard.clear();
            }
            say("['release',1,1]");
        }

        @Test
        void a_chunk_that_is_none_ends_the_stream_and_not_the_session() {
            givePipe();
            say(write("'a'"), write("['frob']"), write("'b'"));
            assertEquals("a", read().take());
            Promise<Readable.Chunk> next = kept.getFirst().read();
            assertFalse(sim.poll(next));
            say(CLOSE);
            hear(
                    "['reject',4,['error','TypeError','at [0]: unknown special value: [\\'frob\\']: nothing begins like that']]",
                    "['resolve',3,['undefined']]",
                    "['reject',6,['error','TypeError','at [0]: unknown special value: [\\'frob\\']: nothing begins like that']]");
            Failure failure = assertThrows(Failure.class, () -> sim.await(next));
            assertTrue(failure.reason().contains("frob"), failure.reason());
            say("['release',1,1]");
        }

        @Test
        void a_reader_hears_of_a_chunk_that_is_none_when_its_writer_lets_go() {
            givePipe();
            say(write("['frob']"), "['release',1,1]");
            assertTrue(readFails().reason().contains("frob"));
        }

        @Test
        void a_reader_hears_of_a_chunk_that_failed_when_its_writer_lets_go() {
            givePipe();
            say(write("['promise',-1]"), write("'b'"), "['reject',-1,['error','RangeError','lost']]");
            hear("['release',-1,1]", "['reject',3,['error','RangeError','lost']]");
            say("['stream',['pipeline',1,['abort'],[['error','Error','enough']]]]");
            assertEquals("enough", readFails().reason());
            say("['release',1,1]");
        }

        @Test
        void a_writer_that_lets_go_before_its_close_is_complete_has_not_closed() {
            givePipe();
            say(write("'a'"), closeWith("['promise',-1]"), CLOSE);
            assertEquals("a", read().take());
            hear("['resolve',3,['undefined']]");
            Promise<Readable.Chunk> next = kept.getFirst().read();
            assertFalse(sim.poll(next));
            say("['release',1,1]");
            assertEquals(
                    Writable.DROPPED,
                    assertThrows(Failure.class, () -> sim.await(next)).reason());
            hear(
                    "['reject',4,['error','Error','" + Writable.DROPPED + "']]",
                    "['release',-1,1]",
                    "['reject',5,['error','Error','" + Writable.DROPPED + "']]");
            // Too late for everybody.
            say("['resolve',-1,1]");
            hear();
        }

        @Test
        void a_session_that_ends_before_a_close_is_complete_fails_the_reader() {
            server.on("never", args -> new Completer<Scripted.Answered>(sim.loop()).promise());
            for (String part : List.of("['promise',-1]", "['pipeline',0,['never'],[]]")) {
                givePipe();
                say(closeWith(part));
                Promise<Readable.Chunk> next = kept.getFirst().read();
                assertFalse(sim.poll(next));
                peer().end();
                assertEquals(
                        Failure.Kind.DISCONNECTED,
                        assertThrows(Failure.class, () -> sim.await(next)).kind(),
                        part);
                kept.removeFirst().close();
                heard.clear();
                peer = null;
            }
        }

        @Test
        void a_session_that_ends_before_a_chunk_ahead_of_a_close_is_complete_fails_the_reader() {
            server.on("never", args -> new Completer<Scripted.Answered>(sim.loop()).promise());
            givePipe();
            say(write("['pipeline',0,['never'],[]]"), CLOSE);
            Promise<Readable.Chunk> next = kept.getFirst().read();
            assertFalse(sim.poll(next));
            peer().end();
            assertEquals(
                    Failure.Kind.DISCONNECTED,
                    assertThrows(Failure.class, () -> sim.await(next)).kind());
            peer = null;
        }

        @Test
        void a_close_whose_argument_fails_is_none() {
            givePipe();
            say(closeWith("['promise',-1]"), "['reject',-1,['error','RangeError','lost']]", "['release',1,1]");
            hear("['release',-1,1]", "['reject',3,['error','RangeError','lost']]");
            assertEquals("lost", readFails().reason());
        }

        @Test
        void a_close_that_is_complete_counts_also_if_its_writer_lets_go_before_all_chunks_are() {
            givePipe();
            say(write("['promise',-1]"), closeWith("['promise',-2]"), "['resolve',-2,1]", "['release',1,1]");
            Promise<Readable.Chunk> first = kept.getFirst().read();
            assertFalse(sim.poll(first));
            say("['resolve',-1,'a']");
            assertEquals("a", sim.await(first).take());
            assertTrue(read().isEnd());
        }

        @Test
        void what_waits_to_be_read_does_not_count_any_more_when_its_writer_has_let_go() {
            limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, 1 << 20, 100, 1));
            givePipe();
            say(closeWith("['promise',-1]"), "['release',1,1]");
            kept.removeFirst().close();
            say("['pipe']", "['push',['pipeline',0,['keep'],[['readable',4]]]]", "['release',5,1]");
            heard.clear();
            say(write("'" + "x".repeat(50) + "'").replace("1,", "4,"));
            hear();
            assertEquals("x".repeat(50), read().take());
            say("['release',4,1]");
        }

        @Test
        void an_abort_for_a_reason_that_makes_no_sense_is_none() {
            givePipe();
            say("['stream',['pipeline',1,['abort'],[['frob']]]]");
            hear(
                    "['reject',3,['error','TypeError','at [0]: unknown special value: [\\'frob\\']: nothing begins like that']]");
            say("['release',1,1]");
            assertTrue(readFails().reason().contains("frob"));
        }

        @Test
        void objects_in_chunks_that_nobody_reads_are_given_back() {
            givePipe();
            say(write("['export',-1]"), write("[[['export',-2]]]"));
            kept.removeFirst().close();
            say(write("['export',-3]"), "['release',1,1]");
            assertEquals(
                    3,
                    heard.stream()
                            .filter(line -> line.startsWith("[\"release\""))
                            .count(),
                    heard.toString());
        }

        @Test
        void a_message_that_is_refused_closes_the_streams_that_it_names() {
            say("['pipe']", "['pipe']");
            say(
                    "['push',['pipeline',0,['keep'],[['readable',1],['writable',-1],['frob'],['readable',2],['writable',-2]]]]");
            assertEquals(
                    2,
                    heard.stream()
                            .filter(line -> line.startsWith("[\"release\""))
                            .count(),
                    heard.toString());
            heard.clear();
            say("['stream',['pipeline',1,['write'],[1]]]", "['stream',['pipeline',2,['write'],[1]]]");
            assertTrue(
                    heard.get(0).startsWith("[\"reject\",4,") && heard.get(1).startsWith("[\"reject\",5,"),
                    heard.toString());
            say("['release',1,1]", "['release',2,1]", "['release',3,1]");
        }

        @Test
        void pipes_that_nobody_names_are_forgotten_with_their_release() {
            for (int i = 1; i <= 1000; i++) {
                say("['pipe']");
            }
            for (int i = 1; i <= 1000; i++) {
                say("['release'," + i + ",1]");
            }
            say("['push',['pipeline',0,['keep'],[['readable',5]]]]", "['pull',1001]", "['release',1001,1]");
            assertTrue(heard.getFirst().contains("Export 5 is not a pipe"), heard.toString());
        }

        @Test
        void writes_that_nobody_reads_may_be_so_many_and_no_more() {
            String message = write("'" + "x".repeat(100 - 2 - write("").length()) + "'");
            assertEquals(100, message.length());
            for (long limit : List.of(999L, 1000L, 1001L)) {
                limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, 1 << 20, limit, 1));
                peer = null;
                kept.clear();
                givePipe();
                for (int i = 0; i < 10; i++) {
                    say(message);
                }
                if (limit < 1000) {
                    assertEquals(Failure.Kind.OVERLOADED, readFails().kind());
                    assertEquals(1, heard.size(), "one answer is enough");
                    assertTrue(heard.getFirst().contains("999 bytes"), heard.toString());
                } else {
                    hear();
                    read().close();
                    say(message);
                    hear("['resolve',3,['undefined']]");
                }
                kept.removeFirst().close();
                say("['release',1,1]");
                heard.clear();
            }
        }

        @Test
        void ordinary_calls_that_write_count_too() {
            limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, 1 << 20, 1000, 1));
            givePipe();
            for (int id = 3; id < 20; id++) {
                say("['push',['pipeline',1,['write'],['" + "x".repeat(100) + "']]]", "['release'," + id + ",1]");
            }
            assertEquals(Failure.Kind.OVERLOADED, readFails().kind());
            say("['release',1,1]");
        }
    }

    @Nested
    class Writing {
        private Writable.Pair open() {
            Writable.Pair pipe = Writable.pipe(sim.loop());
            server.on("stream", args -> Scripted.value(pipe.readable()));
            say("['push',['pipeline',0,['stream'],[]]]", "['pull',1]", "['release',1,1]");
            say();
            hear("['pipe']", "['resolve',1,['readable',1]]");
            return pipe;
        }

        @Test
        void a_pipe_comes_before_the_message_that_names_it_and_the_chunks_after_it() {
            Writable.Pair pipe = open();
            pipe.writable().write("a").cancel();
            pipe.writable().write(List.of(1L)).cancel();
            pipe.writable().end().cancel();
            hear(
                    "['stream',['pipeline',1,['write'],['a']]]",
                    "['stream',['pipeline',1,['write'],[[[1]]]]]",
                    "['stream',['pipeline',1,['close'],[]]]");
            say("['resolve',2,['undefined']]", "['resolve',3,['undefined']]");
            hear();
            say("['resolve',4,['undefined']]");
            hear("['release',1,1]");
            pipe.writable().close();
        }

        @Test
        @Parity("CW-I183")
        void a_blob_is_a_pipe_with_its_bytes() {
            server.on(
                    "blob", args -> Scripted.value(new Blob("text/plain", "hi blob".getBytes(StandardCharsets.UTF_8))));
            say("['push',['pipeline',0,['blob'],[]]]", "['pull',1]", "['release',1,1]");
            hear(
                    "['pipe']",
                    "['resolve',1,['blob','text/plain',['readable',1]]]",
                    "['stream',['pipeline',1,['write'],[['bytes','aGkgYmxvYg']]]]",
                    "['stream',['pipeline',1,['close'],[]]]");
            say("['resolve',2,['undefined']]", "['resolve',3,['undefined']]");
            hear("['release',1,1]");
        }

        @Test
        void a_peer_that_rejects_a_write_is_left_alone() {
            Writable.Pair pipe = open();
            for (int i = 0; i < 1000; i++) {
                pipe.writable().write("" + i).cancel();
            }
            sim.poll();
            heard.clear();
            say("['reject',2,'enough']");
            hear("['release',1,1]");
            Failure refused =
                    assertThrows(Failure.class, () -> sim.await(pipe.writable().write("more")));
            assertEquals("enough", refused.reason());
            pipe.writable().close();
        }

        @Test
        void thousands_of_rejects_and_late_answers_are_overlooked() {
            Writable.Pair pipe = open();
            for (int i = 0; i < 2000; i++) {
                pipe.writable().write(i).cancel();
            }
            sim.poll();
            heard.clear();
            for (int id = 2; id < 1000; id++) {
                say("['reject'," + id + ",'enough']");
            }
            for (int id = 1000; id < 2002; id++) {
                say("['resolve'," + id + ",['undefined']]");
            }
            hear("['release',1,1]");
            pipe.writable().close();
        }

        @Test
        void a_failing_source_is_an_abort_with_its_reason() {
            Writable.Pair pipe = open();
            pipe.writable().abort(Failure.failed("stream broke")).cancel();
            hear("['stream',['pipeline',1,['abort'],[['error','Error','stream broke']]]]");
            say("['resolve',2,['undefined']]");
            hear("['release',1,1]");
            pipe.writable().close();
        }

        @Test
        void a_chunk_that_cannot_be_sent_ends_the_stream() {
            Writable.Pair pipe = open();
            pipe.writable().write("a").cancel();
            pipe.writable().write(new Object()).cancel();
            sim.poll();
            assertEquals("[\"stream\",[\"pipeline\",1,[\"write\"],[\"a\"]]]", heard.get(0));
            assertTrue(heard.get(1).startsWith("[\"stream\",[\"pipeline\",1,[\"abort\"],"), heard.toString());
            assertTrue(heard.get(1).contains("java.lang.Object"), heard.toString());
            say("['resolve',3,['undefined']]");
            assertThrows(Failure.class, () -> sim.await(pipe.writable().write("b")));
            pipe.writable().close();
        }

        @Test
        void a_stream_to_write_is_given_back_when_it_was_ended() {
            server.on("writeTo", args -> {
                Writable to = (Writable) Objects.requireNonNull(args.getFirst());
                return to.write("a").then(room -> to.end()).map(done -> new Scripted.Answered("done"));
            });
            say("['push',['pipeline',0,['writeTo'],[['writable',-1]]]]", "['pull',1]");
            hear("['stream',['pipeline',-1,['write'],['a']]]", "['stream',['pipeline',-1,['close'],[]]]");
            say("['resolve',1,['undefined']]", "['resolve',2,['undefined']]", "['release',1,1]");
            hear("['release',-1,1]", "['resolve',1,'done']");
        }

        @Test
        void a_stream_to_write_that_is_not_used_is_given_back_with_the_arguments() {
            server.on("ignore", args -> Scripted.value(1L));
            say("['push',['pipeline',0,['ignore'],[['writable',-1]]]]", "['pull',1]", "['release',1,1]");
            hear("['release',-1,1]", "['resolve',1,1]");
        }

        @Test
        void streams_that_are_sent_at_a_time_may_be_so_many_and_no_more() {
            for (int limit : List.of(2, 3, 4)) {
                limits = Limits.DEFAULT.withStreams(new Limits.Streams(limit, 1000, 1000, 1000));
                peer = null;
                heard.clear();
                server.on(
                        "three",
                        args -> Scripted.value(List.of(
                                new Blob("", new byte[0]),
                                Readable.of(sim.loop(), List.of()),
                                new Blob("", new byte[0]))));
                say("['push',['pipeline',0,['three'],[]]]", "['pull',1]", "['release',1,1]");
                if (limit < 3) {
                    hear(
                            "['reject',1,['error','Error','the peer is being sent 2 streams and blobs already: let it read some, or"
                                    + " raise Limits.Streams.sending',null,{'kind':'overloaded'}]]");
                } else {
                    assertEquals(3, heard.stream().filter("[\"pipe\"]"::equals).count());
                    say("['resolve',4,['undefined']]", "['resolve',5,['undefined']]", "['resolve',6,['undefined']]");
                }
            }
        }

        @ParameterizedTest
        @Parity("PX-313")
        @CsvSource({"999, 11", "1000, 11", "1001, 12"})
        void the_window_is_as_large_as_the_limit_says(int window, int sent) {
            limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, window, 1, 1));
            Writable.Pair pipe = open();
            String chunk = "x".repeat(100 - write("''").length());
            for (int i = 0; i < 30; i++) {
                pipe.writable().write(chunk).cancel();
            }
            sim.poll();
            assertEquals(
                    sent,
                    heard.size(),
                    "one message, and writes of 100 bytes as long as less than the window is on its way");
            say("['resolve',2,['undefined']]");
            assertEquals(sent + 1, heard.size());
            pipe.writable().abort(Failure.failed("enough")).cancel();
            say("['reject',3,'enough']");
            pipe.writable().close();
        }
    }

    @Nested
    class Blobs {
        private static final String SEND = "['push',['pipeline',0,['size'],[['blob','t',['readable',1]]]]]";

        @Test
        void a_call_begins_when_all_bytes_of_its_blobs_are_here() {
            say("['pipe']", SEND, "['pull',2]", write("['bytes','YWJj']"));
            hear("['resolve',3,['undefined']]");
            say(write("['bytes','YWJj']"), CLOSE);
            assertTrue(heard.contains("[\"resolve\",2,6]"), heard.toString());
            say("['release',2,1]", "['release',1,1]");
        }

        @Test
        @Parity({"PX-024", "PX-025", "PX-026"})
        void blobs_that_come_in_at_a_time_may_be_so_large_and_no_larger() {
            assertEquals(64L << 20, Limits.DEFAULT.streams().blobBytes());
            for (long limit : List.of(5L, 6L, 7L)) {
                limits = Limits.DEFAULT.withStreams(new Limits.Streams(100, 1 << 20, 1 << 20, limit));
                peer = null;
                heard.clear();
                say("['pipe']", SEND, "['pull',2]", write("['bytes','YWJj']"), write("['bytes','YWJj']"), CLOSE);
                String last = heard.stream()
                        .filter(line -> line.contains(",2,"))
                        .findFirst()
                        .orElseThrow();
                if (limit < 6) {
                    assertTrue(last.startsWith("[\"reject\",2,") && last.contains("5 bytes"), last);
                } else {
                    assertEquals("[\"resolve\",2,6]", last);
                }
                say("['release',2,1]", "['release',1,1]");
                heard.clear();
                // All that was counted has been counted back.
                say(
                        "['pipe']",
                        SEND.replace("1]]", "6]]"),
                        "['pull',7]",
                        write("['bytes','YWJjYQ']").replace("1,", "6,"),
                        CLOSE.replace("1,", "6,"));
                assertTrue(heard.contains("[\"resolve\",7,4]"), heard.toString());
                say("['release',7,1]", "['release',6,1]");
            }
        }

        @Test
        void a_blob_is_made_of_bytes() {
            say("['pipe']", SEND, "['pull',2]", write("'text'"));
            assertTrue(
                    heard.stream().anyMatch(line -> line.startsWith("[\"reject\",2,") && line.contains("bytes")),
                    heard.toString());
            say("['release',2,1]", "['release',1,1]");
        }

        @Test
        void a_blob_whose_content_fails_fails_the_call() {
            say("['pipe']", SEND, "['pull',2]", write("['bytes','YWJj']"));
            say("['stream',['pipeline',1,['abort'],[['error','Error','no more']]]]");
            assertTrue(heard.contains("[\"reject\",2,[\"error\",\"Error\",\"no more\"]]"), heard.toString());
            say("['release',2,1]", "['release',1,1]");
        }

        @Test
        @Parity("CW-I182")
        void a_call_that_is_released_stops_taking_its_blob() {
            say("['pipe']", SEND, "['release',2,1]");
            say(write("['bytes','YWJj']"));
            assertTrue(heard.getFirst().startsWith("[\"reject\",3,"), heard.toString());
            say("['release',1,1]");
        }

        @Test
        @Parity("CW-I019")
        void a_blob_without_a_stream_is_refused() {
            say("['push',['blob','text/plain',['bytes','AQ']]]", "['pull',1]", "['release',1,1]");
            assertTrue(heard.getFirst().startsWith("[\"reject\",1,"), heard.toString());
        }
    }
}
