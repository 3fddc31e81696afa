package dev.capstan.grpc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import dev.capstan.async.SimLoop;
import dev.capstan.cap.Failure;
import dev.capstan.testkit.Parity;
import dev.capstan.testprotos.interop.TestServiceGrpc;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenCredentialsTest {
    private final SimLoop sim = new SimLoop();
    private final List<Completer<Token>> asked = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final TokenCredentials credentials = TokenCredentials.of(sim.loop(), () -> {
        Completer<Token> answer = new Completer<>(sim.loop());
        asked.add(answer);
        return answer.promise();
    });

    private void call(TokenCredentials by, SecurityLevel level) {
        CallCredentials.RequestInfo info = new CallCredentials.RequestInfo() {
            @Override
            public MethodDescriptor<?, ?> getMethodDescriptor() {
                return TestServiceGrpc.getUnaryCallMethod();
            }

            @Override
            public SecurityLevel getSecurityLevel() {
                return level;
            }

            @Override
            public String getAuthority() {
                return "here";
            }

            @Override
            public Attributes getTransportAttrs() {
                return Attributes.EMPTY;
            }
        };
        by.applyRequestMetadata(info, Runnable::run, new CallCredentials.MetadataApplier() {
            @Override
            public void apply(Metadata headers) {
                told.add(headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)));
            }

            @Override
            public void fail(Status status) {
                told.add(status.getCode().name());
            }
        });
        sim.poll();
    }

    private void call() {
        call(credentials, SecurityLevel.PRIVACY_AND_INTEGRITY);
    }

    private void answer(String token, Duration lifetime) {
        asked.removeFirst().complete(new Token(token, lifetime));
        sim.poll();
    }

    @Test
    @Parity("GRPC-P10.1")
    void the_provider_is_asked_once_for_all_calls_that_wait() {
        call();
        call();
        call();
        assertEquals(1, asked.size());
        assertEquals(List.of(), told);
        answer("Bearer a", Duration.ofHours(1));
        call();
        assertEquals(List.of("Bearer a", "Bearer a", "Bearer a", "Bearer a"), told);
        assertEquals(0, asked.size());
    }

    @Test
    @Parity("GRPC-P10.2")
    void a_token_is_fetched_again_before_it_ends_while_calls_go_on_with_the_old_one() {
        call();
        answer("Bearer a", Duration.ofMinutes(10));
        sim.advance(Duration.ofMinutes(8));
        call();
        assertEquals(0, asked.size());
        sim.advance(Duration.ofSeconds(61));
        call();
        call();
        assertEquals(1, asked.size());
        answer("Bearer b", Duration.ofMinutes(10));
        call();
        assertEquals(List.of("Bearer a", "Bearer a", "Bearer a", "Bearer a", "Bearer b"), told);
    }

    @Test
    @Parity("GRPC-P10.2")
    void a_token_that_has_ended_is_not_sent() {
        call();
        answer("Bearer a", Duration.ofSeconds(10));
        sim.advance(Duration.ofSeconds(11));
        call();
        assertEquals(List.of("Bearer a"), told);
        answer("Bearer b", Duration.ofSeconds(10));
        assertEquals(List.of("Bearer a", "Bearer b"), told);
    }

    @Test
    @Parity("GRPC-P10.3")
    void a_provider_that_refuses_makes_calls_unauthenticated_and_the_next_call_asks_again() {
        call();
        asked.removeFirst().fail(Failure.failed("who are you"));
        sim.poll();
        call();
        answer("Bearer a", Duration.ofHours(1));
        assertEquals(List.of("UNAUTHENTICATED", "Bearer a"), told);
    }

    @Test
    @Parity("GRPC-P10.3")
    void a_provider_that_cannot_be_reached_or_never_answers_makes_calls_unavailable() {
        call();
        asked.removeFirst().fail(new IOException("no route"));
        sim.poll();
        call();
        asked.removeFirst().fail(Failure.disconnected("gone"));
        sim.poll();
        call();
        sim.advance(Duration.ofSeconds(31));
        sim.poll();
        assertEquals(List.of("UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"), told);
    }

    @Test
    void while_the_old_token_holds_a_failing_provider_is_asked_once_a_second_and_no_call_fails() {
        call();
        answer("Bearer a", Duration.ofMinutes(10));
        sim.advance(Duration.ofMinutes(9).plusSeconds(1));
        call();
        asked.removeFirst().fail(new IOException("no route"));
        sim.poll();
        call();
        assertEquals(0, asked.size());
        sim.advance(Duration.ofSeconds(1));
        call();
        assertEquals(1, asked.size());
        assertEquals(List.of("Bearer a", "Bearer a", "Bearer a", "Bearer a"), told);
    }

    @Test
    @Parity("GRPC-P10.4")
    void tokens_are_not_sent_in_plain_unless_that_is_asked_for() {
        call(credentials, SecurityLevel.NONE);
        call(credentials, SecurityLevel.INTEGRITY);
        assertEquals(List.of("UNAUTHENTICATED", "UNAUTHENTICATED"), told);
        assertEquals(0, asked.size());
        call(
                TokenCredentials.of(sim.loop(), () -> Promise.of(new Token("Bearer a", Duration.ofHours(1))))
                        .evenOnPlaintext(),
                SecurityLevel.NONE);
        assertEquals("Bearer a", told.getLast());
    }

    @Test
    @Parity("GRPC-P10.5")
    void the_text_of_a_token_does_not_tell_it() {
        assertFalse(new Token("Bearer secret", Duration.ofHours(1)).toString().contains("secret"));
    }
}
