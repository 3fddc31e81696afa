package dev.capstan.grpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.capstan.grpc.Limits;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places for blocking handlers, and the share of a connection. */
class RoomTest {
    private static final int CALLS = 10;
    private static final int SHARE = 4;

    private final Room room = new Room(new Limits.Blocking(CALLS, SHARE));
    private final Object connection = new Object();

    private void enter(Object of, int calls) {
        for (int i = 0; i < calls; i++) {
            assertNull(room.enter(of));
        }
    }

    private static void assertRefused(String why, @Nullable StatusRuntimeException refused) {
        assertNotNull(refused);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
        assertEquals(why, refused.getStatus().getDescription());
    }

    @ParameterizedTest
    @ValueSource(ints = {SHARE - 1, SHARE, SHARE + 1})
    void calls_of_one_connection(int calls) {
        enter(connection, Math.min(calls, SHARE));
        if (calls > SHARE) {
            assertRefused(
                    "this connection has 4 calls in blocking handlers of this service, which is its share: end some, use"
                            + " another connection, or raise Limits.Blocking.callsOfConnection",
                    room.enter(connection));
        }
        enter(new Object(), SHARE);
    }

    @ParameterizedTest
    @ValueSource(ints = {CALLS - 1, CALLS, CALLS + 1})
    void calls_of_all_connections(int calls) {
        for (int i = 0; i < Math.min(calls, CALLS); i++) {
            enter(new Object(), 1);
        }
        if (calls > CALLS) {
            assertRefused(
                    "this service has 10 calls in blocking handlers, which is its limit: try later, or raise"
                            + " Limits.Blocking.calls",
                    room.enter(new Object()));
        }
    }

    @Test
    void a_place_that_is_left_can_be_taken_again() {
        enter(connection, SHARE);
        room.leave(connection);
        enter(connection, 1);
        assertNotNull(room.enter(connection));
    }

    @Test
    void a_connection_without_places_is_forgotten() {
        enter(connection, SHARE);
        for (int i = 0; i < SHARE; i++) {
            room.leave(connection);
        }
        assertEquals(0, room.connections());
    }
}
