package dev.capstan.capnweb;

import static dev.capstan.capnweb.TwoPeers.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors as they are thrown, travel and arrive. */
final class ErrorsTest {
    private static final List<String> MESSAGES =
            List.of("", "no", "\u00e9 \ud83d\udca1 \"quoted\"\n\u0000", "x".repeat(200));
    private static final List<Map<String, Object>> DATA = List.of(
            Map.of(),
            Map.of("data", Map.of("field", "email", "reason", "invalid")),
            Map.of("data", List.of(1L, true, "two"), "retry", 3L));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad_request",
                "not_found",
                "cap_revoked",
                "permission_denied",
                "canceled",
                "internal",
                "a_code_that_nobody_knows",
                "RangeError"
            })
    @Parity({
        "PY-025", "PY-026", "PY-027", "PY-028", "PY-029", "PY-030", "PY-031", "PY-032", "PY-033", "PY-114", "PY-115",
        "PY-157", "PY-226", "PY-240", "PY-241", "PY-242", "PY-243", "PY-244"
    })
    void an_error_arrives_with_the_code_message_and_data_that_its_thrower_gave_it(String code) {
        TwoPeers two = new TwoPeers();
        for (String message : MESSAGES) {
            for (Map<String, Object> data : DATA) {
                JsError thrown = new JsError(code, message, null, data);
                two.main.on("fail", args -> {
                    throw thrown.failure();
                });
                assertEquals(thrown, two.error(call(two.api, "fail")));
            }
        }
        two.close();
    }

    @ParameterizedTest
    @EnumSource
    @Parity({"PY-025", "PY-226"})
    void what_a_caller_can_do_about_a_failure_arrives_with_it(Failure.Kind kind) {
        TwoPeers two = new TwoPeers();
        two.main.on("fail", args -> {
            throw new Failure(kind, "as asked");
        });
        Failure failure = two.failure(call(two.api, "fail"));
        assertEquals(kind, failure.kind());
        assertEquals("as asked", failure.reason());
        // For peers that do not know of kinds it is an ordinary error.
        JsError error = JsError.of(failure);
        assertEquals(kind == Failure.Kind.UNIMPLEMENTED ? "TypeError" : "Error", error.name());
        assertEquals(
                kind == Failure.Kind.FAILED
                        ? Map.of()
                        : Map.of("kind", kind.name().toLowerCase(Locale.ROOT)),
                error.props());
        two.close();
    }

    @Test
    @Parity({"PY-034", "PY-035", "PY-245"})
    void an_error_can_be_thrown_caught_and_shown() {
        JsError error = new JsError("not_found", "Test error", null, Map.of("code", 7L));
        Failure caught = assertThrows(Failure.class, () -> {
            throw error.failure();
        });
        assertInstanceOf(RuntimeException.class, caught);
        assertEquals("Test error", caught.getMessage());
        assertEquals("Test error", caught.reason());
        assertEquals(error, JsError.of(caught));
        assertNull(JsError.of(caught).stack());
        for (String part : List.of("not_found", "Test error", "code=7")) {
            assertTrue(error.toString().contains(part), error.toString());
        }
    }
}
