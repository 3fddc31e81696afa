package dev.capstan.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.async.Promise;
import dev.capstan.examples.calculator.Calculator;
import dev.capstan.gateway.listen.ConsoleLink;
import dev.capstan.gateway.options.ExitException;
import dev.capstan.gateway.options.Literal;
import dev.capstan.gateway.serve.ServerScene;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code capstan caps} with the link of a server's console. */
class CapsCommandTest {
    @TempDir
    private Path folder;

    private static Map<?, ?> object(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    private static List<Map<?, ?>> rows(Map<?, ?> told, String name) {
        List<Map<?, ?>> rows = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(told.get(name))).forEach(each -> rows.add(object(each)));
        return rows;
    }

    private static String link(ServerScene scene) {
        return scene.onLoop(() -> Promise.of(scene.server.console()));
    }

    @Test
    void the_tables_of_a_server_and_who_holds_what_there_are_json() throws Exception {
        try (ServerScene scene = new ServerScene(UnaryOperator.identity(), null, null);
                Calculator.Client calculator = scene.calculator()) {
            assertTrue(calculator.cap().brand() != null, "it is held");
            Verbs verbs = new Verbs(folder);
            Map<?, ?> told =
                    object(Literal.parse(verbs.says("caps", link(scene)).strip()));
            assertEquals(Set.of("sessions", "capabilities"), told.keySet());
            Map<?, ?> session = rows(told, "sessions").stream()
                    .filter(each -> "capnp".equals(each.get("wire")))
                    .findFirst()
                    .orElseThrow();
            assertTrue(((BigDecimal) Objects.requireNonNull(session.get("exports"))).signum() > 0, session.toString());
            Map<?, ?> first = rows(told, "capabilities").getFirst();
            assertEquals(session.get("id"), first.get("session"));
            assertEquals(true, first.get("exported"));
        }
    }

    @Test
    void a_link_that_was_used_is_refused_and_says_why() throws Exception {
        try (ServerScene scene = new ServerScene(UnaryOperator.identity(), null, null)) {
            Verbs verbs = new Verbs(folder);
            String link = link(scene);
            verbs.says("caps", link);
            verbs.fails(ExitException.REMOTE_FAILURE, "This token is wrong", "caps", link);
        }
    }

    @Test
    void a_link_without_its_token_and_paths_beside_a_link_are_wrong_usage() {
        Verbs verbs = new Verbs(folder);
        verbs.fails(ExitException.USAGE, "has no token", "caps", "http://127.0.0.1:8080/console/");
        verbs.fails(ExitException.USAGE, "has no token", "caps", "http://127.0.0.1:8080/console/#token=");
        verbs.fails(
                ExitException.USAGE, "leave the paths out", "caps", "http://127.0.0.1:8080/console/#token=x", "a.b");
    }

    @Test
    void links_lead_to_the_objects_of_the_console() {
        assertEquals(
                new ConsoleLink("wss://example.org:8443/sub/console/rpc", "a_b-c"),
                ConsoleLink.in("https://example.org:8443/sub/console/#token=a_b-c"));
        for (String other : List.of("http://127.0.0.1:8080/api", "capnp://127.0.0.1:1", "ws://127.0.0.1:1/console")) {
            assertTrue(ConsoleLink.in(other) == null, other);
        }
    }
}
