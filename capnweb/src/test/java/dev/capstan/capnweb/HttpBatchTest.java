package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.cap.Answer;
import dev.capstan.cap.Cap;
import dev.capstan.cap.Failure;
import dev.capstan.cap.Path;
import dev.capstan.net.http.Headers;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.testkit.Parity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches, client and server. The raw cases are those of the transcript 16-http-batch-raw. */
class HttpBatchTest {
    private static final String SQUARE = "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",1]";

    private final WebScene scene = new WebScene();

    @AfterEach
    void leavesNoSessionAndNoAlarm() {
        scene.sim.poll();
        scene.sim.advance(Duration.ofSeconds(10));
        assertEquals(0, scene.server.open());
        assertEquals(0, scene.loop.timer().pending());
    }

    @Test
    @Parity({"CW-I133", "PY-193", "PY-457", "PY-458", "PY-459"})
    void calls_of_one_turn_leave_together_and_afterwards_the_peer_is_dead() {
        List<String> bodies = new ArrayList<>();
        BatchRequest request = new BatchRequest(scene.loop, Limits.Transport.DEFAULT, body -> {
            bodies.add(new String(body, StandardCharsets.UTF_8));
            return scene.http.post(WebScene.BATCH, Headers.of(), body).convert(HttpResponse::body);
        });
        Session peer = new Session(scene.loop, request, null, Options.DEFAULT);
        peer.start();
        try (Cap main = peer.main()) {
            Promise<String> first = WebScene.call(main, "square", 2L);
            Answer counter = WebScene.send(main, "makeCounter", 1L);
            Cap inside = counter.pipeline().cap(Path.Names.NONE);
            Answer incremented = WebScene.send(inside, "increment", 4L);
            PromisedValue argument = new PromisedValue(incremented.pipeline().cap(Path.Names.NONE));
            Promise<String> second = WebScene.call(main, "square", argument);
            assertEquals(List.of("4", "25"), scene.sim.await(Promise.all(List.of(first, second))));
            assertEquals(List.of("""
                            ["push",["pipeline",0,["square"],[2]]]
                            ["push",["pipeline",0,["makeCounter"],[1]]]
                            ["push",["pipeline",2,["increment"],[4]]]
                            ["push",["pipeline",0,["square"],[["pipeline",3]]]]
                            ["pull",1]
                            ["pull",4]"""), bodies);
            assertEquals(
                    "Batch RPC request ended. Ask for all results together before waiting for one, or open another"
                            + " batch.",
                    scene.failure(WebScene.call(main, "square", 3L)));
            inside.close();
            incremented.close();
            counter.close();
        }
        assertEquals(new WebPeer.Tables(0, 0, 0), peer.tables());
    }

    @Test
    void what_nobody_asks_a_result_of_leaves_when_the_peer_is_closed() {
        List<String> told = new ArrayList<>();
        scene.serving(visitor -> Promise.of(new Scripted(scene.loop)
                .on("tell", args -> {
                    told.add((String) args.getFirst());
                    return Scripted.value(null);
                })
                .cap()));
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        try (Cap main = peer.main()) {
            // Not closed: that would stop the call.
            WebScene.send(main, "tell", "news");
        }
        peer.close();
        scene.sim.poll();
        assertEquals(List.of("news"), told);
    }

    @Test
    void a_batch_is_answered_with_one_message_a_line() {
        HttpResponse answer = scene.post(SQUARE);
        assertEquals(200, answer.status());
        assertEquals("[\"resolve\",1,4]", WebScene.text(answer));
    }

    @Test
    @Parity("OWN-05")
    void a_line_end_after_the_last_message_and_carriage_returns_are_taken() {
        assertEquals("[\"resolve\",1,4]", WebScene.text(scene.post(SQUARE + "\n")));
        assertEquals("[\"resolve\",1,4]", WebScene.text(scene.post(SQUARE.replace("\n", "\r\n"))));
        assertEquals("[\"resolve\",1,4]", WebScene.text(scene.post(SQUARE.replace("\n", "\r\n") + "\r\n")));
    }

    @Test
    void an_empty_body_and_one_without_a_pull_are_answered_with_nothing() {
        for (String body : List.of("", "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]")) {
            HttpResponse answer = scene.post(body);
            assertEquals(200, answer.status());
            assertEquals("", WebScene.text(answer));
        }
    }

    @Test
    void a_call_that_is_released_in_its_batch_holds_nothing_up() {
        HttpResponse answer = scene.post(SQUARE + "\n[\"release\",1,1]");
        assertEquals(200, answer.status());
    }

    @Test
    @Parity("OWN-04")
    void what_is_no_batch_is_answered_with_status_400_and_an_abort() {
        for (String wrong : List.of("[\"push\"", "[\"nope\"]", SQUARE + "\n[\"pull\",99]", "\n" + SQUARE)) {
            HttpResponse answer = scene.post(wrong);
            assertEquals(400, answer.status(), wrong);
            assertTrue(WebScene.text(answer).startsWith("[\"abort\",[\"error\","), WebScene.text(answer));
        }
        assertEquals(400, scene.post("[\"abort\",[\"error\",\"Error\",\"x\"]]").status());
    }

    @Test
    @Parity("CW-I134")
    void other_methods_than_post_are_answered_with_status_405() {
        assertEquals(
                405,
                scene.sim
                        .await(scene.http.send("GET", WebScene.BATCH, Headers.of(), new byte[0]))
                        .status());
    }

    @Test
    @Parity("OWN-03")
    void a_method_that_waits_for_its_caller_fails_instead_of_hanging() {
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        try (Cap main = peer.main()) {
            Cap function = new Scripted(scene.loop)
                    .function(args -> Scripted.value(1L))
                    .cap();
            Promise<String> called = WebScene.call(main, "callMe", function, 1L);
            Promise<String> square = WebScene.call(main, "square", 2L);
            Promise<String> failed = called.recover(failure -> Promise.of(String.valueOf(failure.getMessage())));
            assertEquals(
                    List.of(
                            "This call came in an HTTP batch, whose client cannot answer; use a WebSocket for calls that go back.",
                            "4"),
                    scene.sim.await(Promise.all(List.of(failed, square))));
        }
    }

    @Test
    @Parity("PY-138")
    void a_caller_can_be_told_something_that_needs_no_answer() {
        List<Object> told = new ArrayList<>();
        scene.serving(visitor -> Promise.of(new Scripted(scene.loop)
                .on("subscribe", args -> {
                    Cap listener = ((Cap) java.util.Objects.requireNonNull(args.getFirst()));
                    WebScene.send(listener, "", 7L);
                    return Scripted.value("done");
                })
                .cap()));
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        try (Cap main = peer.main()) {
            Cap function = new Scripted(scene.loop)
                    .function(args -> {
                        told.add(args.getFirst());
                        return Scripted.value(null);
                    })
                    .cap();
            assertEquals("done", scene.sim.await(WebScene.call(main, "subscribe", function)));
        }
        scene.sim.poll();
        assertEquals(List.of(7L), told);
    }

    @Test
    @Parity({"PY-168", "PY-330"})
    void a_promise_that_the_batch_keeps_is_waited_for() {
        HttpResponse answer = scene.post(
                "[\"push\",[\"pipeline\",0,[\"square\"],[[\"promise\",-1]]]]\n[\"pull\",1]\n[\"resolve\",-1,5]");
        assertEquals("[\"release\",-1,1]\n[\"resolve\",1,25]", WebScene.text(answer));
    }

    @Test
    void a_stream_is_read_as_far_as_the_batch_has_it() {
        String begun = "[\"pipe\"]\n[\"push\",[\"pipeline\",0,[\"readAll\"],[[\"readable\",1]]]]\n[\"pull\",2]\n"
                + "[\"stream\",[\"pipeline\",1,[\"write\"],[\"a\"]]]";
        String whole = begun + "\n[\"stream\",[\"pipeline\",1,[\"close\"],[]]]\n[\"release\",1,1]";
        String answer = WebScene.text(scene.post(whole));
        assertTrue(answer.contains("[\"resolve\",2,[[\"a\"]]]"), answer);
        answer = WebScene.text(scene.post(begun));
        assertTrue(answer.contains("[\"reject\",2,[\"error\",\"Error\",\"This call came in an HTTP batch"), answer);
    }

    @Test
    void a_promise_that_the_batch_does_not_keep_fails_the_call_that_waits_for_it() {
        HttpResponse answer = scene.post("[\"push\",[\"pipeline\",0,[\"square\"],[[\"promise\",-1]]]]\n[\"pull\",1]");
        assertEquals(200, answer.status());
        assertTrue(
                WebScene.text(answer).contains("[\"reject\",1,[\"error\",\"Error\",\"This call came in an HTTP batch"));
    }

    @Test
    void a_method_that_never_ends_is_answered_with_a_failure_when_the_time_of_the_batch_is_over() {
        Completer<Scripted.Answered> never = new Completer<>(scene.loop);
        Promise<Scripted.Answered> promise = never.promise();
        scene.serving(visitor -> Promise.of(new Scripted(scene.loop)
                .on("never", args -> promise)
                .on("square", args -> Scripted.value(4L))
                .cap()));
        Duration before = scene.sim.now();
        HttpResponse answer = scene.post("[\"push\",[\"pipeline\",0,[\"never\"],[]]]\n[\"pull\",1]\n"
                + "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]\n[\"pull\",2]");
        assertEquals(Limits.Transport.DEFAULT.batchTime(), scene.sim.now().minus(before));
        assertEquals(200, answer.status());
        assertEquals(
                "[\"resolve\",2,4]\n[\"reject\",1,[\"error\",\"Error\",\"This call has not ended within PT30S, which is the limit"
                        + " for an HTTP batch; use a WebSocket for calls that take long.\",null,{\"kind\":\"overloaded\"}]]",
                WebScene.text(answer));
    }

    @Test
    void a_refusal_of_the_door_has_a_status_that_says_what_kind_it_is() {
        List<Integer> statuses = new ArrayList<>();
        for (Failure.Kind kind : Failure.Kind.values()) {
            scene.serving(visitor -> {
                assertTrue(visitor.batch());
                throw new Failure(kind, "not now");
            });
            HttpResponse answer = scene.post(SQUARE);
            assertEquals("not now", WebScene.text(answer));
            statuses.add(answer.status());
        }
        assertEquals(List.of(403, 429, 503, 404), statuses);
    }

    @Test
    void a_client_hears_status_and_text_of_a_refusal_and_what_to_do_about_it() {
        scene.serving(visitor -> {
            throw Failure.overloaded("come back later");
        });
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        try (Cap main = peer.main()) {
            Failure failure = scene.sim.await(WebScene.call(main, "square", 2L)
                    .<Failure>handle(
                            value -> Promise.failed(new AssertionError(value)),
                            cause -> Promise.of(Failure.of(cause))));
            assertEquals("RPC request failed: 429 come back later (http://server/rpc)", failure.reason());
            assertEquals(Failure.Kind.OVERLOADED, failure.kind());
        }
    }

    @Test
    void a_client_that_leaves_ends_its_calls() {
        List<String> events = new ArrayList<>();
        Completer<Scripted.Answered> never = new Completer<>(scene.loop);
        Promise<Scripted.Answered> promise = never.promise();
        scene.serving(visitor -> Promise.of(new Scripted(scene.loop)
                .on("never", args -> {
                    events.add("begun");
                    return promise;
                })
                .cap()));
        WebPeer peer = scene.client().batch(WebScene.BATCH);
        Cap main = peer.main();
        Promise<String> call = WebScene.call(main, "never").eager();
        scene.sim.poll();
        assertEquals(List.of("begun"), events);
        assertEquals(1, scene.server.open());
        main.close();
        peer.close();
        call.cancel();
        scene.sim.poll();
        assertEquals(0, scene.server.open());
    }
}
