package dev.capstan.capnweb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.testkit.Parity;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What cannot be sent. */
class EncoderTest {
    private final FakeSession session = new FakeSession();

    private WebException refused(Object value) {
        return assertThrows(WebException.class, () -> session.encode(value));
    }

    @Test
    @Parity({"CW-I003", "PX-401", "PY-317"})
    void values_of_no_known_class_are_refused_with_path_and_class() {
        WebException fault = refused(Map.of("a", List.of(1, Map.of("b", Optional.empty()))));
        assertEquals("a[1].b", fault.path());
        assertTrue(fault.getMessage().contains("java.util.Optional"), fault.getMessage());
        for (Object value :
                List.of('c', new AtomicLong(), new int[0], new Object[0], Thread.currentThread(), List.class)) {
            refused(value);
        }
    }

    @Test
    void members_whose_names_are_no_texts_are_refused() {
        refused(Map.of(1, 2));
        Map<Object, Object> map = new HashMap<>();
        map.put(null, 1);
        refused(map);
    }

    @Test
    @Parity("CW-I004")
    void cycles_are_refused() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);
        assertTrue(refused(loop).path().length() < 1_000);
    }

    @Test
    void values_that_are_in_many_places_may_not_become_too_large() {
        List<Object> twice = List.of("x");
        for (int i = 0; i < 100; i++) {
            twice = List.of(twice, twice);
        }
        refused(twice);
    }

    @Test
    void a_message_may_be_as_large_as_the_limit() {
        session.limits = Limits.DEFAULT.withMessageBytes(10);
        assertEquals("\"1234567\"", session.encode("1234567"));
        assertEquals("\"12345678\"", session.encode("12345678"));
        refused("123456789");
        assertEquals("[[1,2,3]]", session.encode(List.of(1, 2, 3)));
        assertEquals("[[1,2,34]]", session.encode(List.of(1, 2, 34)));
        refused(List.of(1, 2, 345));
    }

    @Test
    void a_refused_value_leaves_nothing_behind() {
        JsonWriter out = new JsonWriter(0).raw("[\"push\",");
        Encoder encoder = new Encoder(out, Limits.DEFAULT, session, Compat.V0_12);
        assertThrows(WebException.class, () -> encoder.value(List.of(1, Optional.empty())));
        encoder.value(List.of(2));
        assertEquals("[\"push\",[[2]]", out.toString());
    }

    @Test
    void dates_that_javascript_does_not_know_are_refused() {
        refused(Instant.MAX);
        refused(Instant.MIN);
        refused(Instant.ofEpochMilli(8_640_000_000_000_001L));
        refused(Instant.ofEpochMilli(-8_640_000_000_000_001L));
    }

    @Test
    void older_peers_are_not_sent_what_would_end_their_session() {
        for (Compat compat : List.of(Compat.V0_8, Compat.V0_9)) {
            session.compat = compat;
            refused(new Url("http://x/"));
            refused(new TypedBytes(TypedBytes.Kind.INT8, new byte[1]));
            assertEquals("[\"bytes\",\"AA\"]", session.encode(new byte[1]));
            assertEquals("[\"date\",null]", session.encode(JsValue.INVALID_DATE));
            assertEquals("[\"bigint\",\"1\"]", session.encode(BigInteger.ONE));
            assertEquals(
                    "[\"error\",\"E\",\"m\",null,{\"a\":1}]",
                    session.encode(new JsError("E", "m", null, Map.of("a", 1))));
            assertEquals(
                    new TypedBytes(TypedBytes.Kind.INT8, new byte[1]),
                    session.decode("[\"bytes\",\"AA\",\"Int8Array\"]"));
        }
    }
}
