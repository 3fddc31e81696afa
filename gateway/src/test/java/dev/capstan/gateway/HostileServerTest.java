package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import dev.capstan.capnweb.Access;
import dev.capstan.capnweb.Options;
import dev.capstan.capnweb.WebServer;
import dev.capstan.capnweb.WebTarget;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.Literal;
import dev.capstan.net.http.HttpRoutes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that write to the terminal of who calls them: titles, colours, a cleared screen, a line that reads backwards. */
class HostileServerTest {
    private static final String EVIL = "ok\u001b]0;owned\u0007\u001b[2J\r\u0008\u007f\u009b31m\u0085\u202egnp.exe";

    @TempDir
    private Path folder;

    private Shelf shelf;
    private Verbs verbs;

    @BeforeEach
    void open() throws Exception {
        shelf = new Shelf(folder);
        verbs = new Verbs(folder);
    }

    @AfterEach
    void close() {
        shelf.close();
    }

    private String web() {
        WebTarget target = WebTarget.empty()
                .method("fail", arguments -> {
                    throw Failure.failed(EVIL);
                })
                .method("give", (List<@org.jspecify.annotations.Nullable Object> arguments) -> EVIL)
                .method(
                        "giveObject",
                        (List<@org.jspecify.annotations.Nullable Object> arguments) -> Map.of(EVIL, List.of(EVIL)));
        HttpRoutes routes = new WebServer(
                        shelf.net.loop(),
                        visitor -> Promise.of(target.on(shelf.net.loop())),
                        Options.DEFAULT.withMessagesShown(),
                        Access.SAME_HOST)
                .routes("/rpc");
        return "ws://" + shelf.http(shelf.net.network(), routes).address() + "/rpc";
    }

    /** A gRPC server that refuses every call of a service whose name begins so. */
    private String grpc(String prefix, Status status) {
        return "grpc://"
                + shelf.grpc(server -> server.reflection().intercept(new ServerInterceptor() {
                    @Override
                    public <Q, S> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                        if (!call.getMethodDescriptor().getFullMethodName().startsWith(prefix)) {
                            return next.startCall(call, headers);
                        }
                        call.close(status, new Metadata());
                        return new ServerCall.Listener<>() {};
                    }
                }));
    }

    private void assertHarmless(String text) {
        assertTrue(text.contains("ok\\u001b]0;owned\\u0007"), () -> "the text is told, and escaped: " + text);
        assertTrue(
                text.codePoints()
                        .allMatch(c ->
                                c == '\n' || (!Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)),
                text);
    }

    @Test
    void the_reason_of_a_failure_is_escaped() {
        assertEquals(ExitException.REMOTE_FAILURE, verbs.run("", "call", web(), "fail"));
        assertHarmless(verbs.err());
    }

    @Test
    void the_description_of_a_status_is_escaped() {
        String url = grpc("grpc.testing", Status.INTERNAL.withDescription(EVIL));
        assertEquals(ExitException.REMOTE_FAILURE, verbs.run("", "call", url, "grpc.testing.TestService/EmptyCall"));
        assertHarmless(verbs.err());
    }

    @Test
    void why_a_server_does_not_tell_its_schemas_is_escaped() {
        String url = grpc("grpc.reflection", Status.INTERNAL.withDescription(EVIL));
        assertEquals(ExitException.REMOTE_FAILURE, verbs.run("", "ls", url));
        assertHarmless(verbs.err());
    }

    @Test
    void texts_in_results_are_escaped_and_mean_the_same() throws Exception {
        String url = web();
        assertHarmless(verbs.says("call", url, "give"));
        assertEquals(EVIL, Literal.parse(verbs.out().strip()));
        assertHarmless(verbs.says("call", url, "giveObject"));
        assertEquals(Map.of(EVIL, List.of(EVIL)), Literal.parse(verbs.out().strip()));
    }

    @Test
    void texts_in_results_are_escaped_when_they_are_looked_at_in_a_dialogue() {
        assertEquals(ExitException.REMOTE_FAILURE, verbs.run("give()\nfail()\n", "repl", web()));
        assertHarmless(verbs.out());
        assertEquals(2, verbs.out().split("owned", -1).length - 1, verbs.out());
    }
}
