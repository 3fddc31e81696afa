package dev.capstan.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcFailureTest {
    private static GrpcFailure failure(Status status) {
        return new GrpcFailure(status, new Metadata(), "a.B/C", null, 0, "before it was sent");
    }

    @ParameterizedTest
    @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    @Parity("GRPC-S7.5")
    void every_code_survives_the_other_wires(Status.Code code) {
        GrpcFailure back =
                GrpcFailure.of(failure(code.toStatus().withDescription("so")).toFailure());
        assertEquals(code, back.code());
        assertEquals("so", back.reason());
    }

    @ParameterizedTest
    @EnumSource(Failure.Kind.class)
    @Parity("GRPC-S7.5")
    void every_kind_survives_grpc_with_its_details_and_trace(Failure.Kind kind) {
        Failure sent = Failure.remote(
                kind,
                "so",
                List.of(new Failure.Detail(-7, new byte[] {1}), new Failure.Detail(8, new byte[] {2})),
                "at x");
        Failure back = GrpcFailure.of(sent).toFailure();
        assertEquals(kind, back.kind());
        assertEquals("so", back.reason());
        assertEquals("at x", back.trace());
        assertArrayEquals(new byte[] {1}, back.detail(-7).orElseThrow());
        assertArrayEquals(new byte[] {2}, back.detail(8).orElseThrow());
    }

    @Test
    void kinds_are_the_codes_of_the_table() {
        assertEquals(Status.Code.INTERNAL, GrpcFailure.of(Failure.failed("")).code());
        assertEquals(
                Status.Code.RESOURCE_EXHAUSTED,
                GrpcFailure.of(Failure.overloaded("")).code());
        assertEquals(
                Status.Code.UNAVAILABLE,
                GrpcFailure.of(Failure.disconnected("")).code());
        assertEquals(
                Status.Code.UNIMPLEMENTED,
                GrpcFailure.of(Failure.unimplemented("")).code());
        assertEquals(
                Status.Code.DEADLINE_EXCEEDED,
                GrpcFailure.of(Failure.of(new TimeoutException("late"))).code());
        assertEquals(
                Failure.Kind.OVERLOADED,
                failure(Status.DEADLINE_EXCEEDED).toFailure().kind());
        assertEquals(Failure.Kind.FAILED, failure(Status.NOT_FOUND).toFailure().kind());
    }

    @Test
    void a_kind_that_was_changed_on_the_way_counts_more_than_the_code() {
        Failure changed =
                failure(Status.NOT_FOUND.withDescription("so")).toFailure().as(Failure.Kind.DISCONNECTED);
        assertEquals(Status.Code.UNAVAILABLE, GrpcFailure.of(changed).code());
    }

    @Test
    @Parity("GRPC-C4.1")
    void the_text_says_that_there_was_no_connection() {
        assertEquals(
                "UNAVAILABLE: so [a.B/C, no connection, 0 attempts, before it was sent]",
                failure(Status.UNAVAILABLE.withDescription("so")).getMessage());
    }

    @Test
    @Parity({"GRPC-C3.2", "GRPC-G3.1", "GRPC-F1.1"})
    void metadata_are_values() {
        CallMetadata one = CallMetadata.EMPTY.with("A", "1").with("a", "2").with("b-bin", new byte[] {3});
        assertEquals(List.of("1", "2"), one.all("a"));
        assertEquals(one, CallMetadata.of(one.toMetadata()));
        assertEquals(one.hashCode(), CallMetadata.of(one.toMetadata()).hashCode());
        assertNotEquals(one, one.with("a", "3"));
        assertEquals("[a, b-bin]", one.toString());
        assertThrows(IllegalArgumentException.class, () -> one.with("grpc-timeout", "1S"));
        assertThrows(IllegalArgumentException.class, () -> one.with("Content-Type", "x"));
        assertThrows(IllegalArgumentException.class, () -> one.with("a-bin", "x"));
        assertThrows(IllegalArgumentException.class, () -> one.with("a", new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> one.with("a", "\n"));
    }
}
