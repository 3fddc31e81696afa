package dev.capstan.grpc.client;

import dev.capstan.async.Loop;
import dev.capstan.async.Promise;
import dev.capstan.cap.Failure;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of calls from a provider of tokens, which is asked once for all calls that wait, and again before a token ends, while calls go on with the old one.
 *
 * <p>A token is sent over connections that are encrypted, unless {@link #evenOnPlaintext} was called; else its calls fail with UNAUTHENTICATED. When the provider fails, so do the calls that
 * wait for it: UNAVAILABLE if it may work later (a {@link Failure} of kind DISCONNECTED or OVERLOADED, an {@link IOException}, a {@link TimeoutException}), else UNAUTHENTICATED. Its
 * own words go to the cause, not to the status.
 *
 * <p>May be used from any thread and by many clients; its state belongs to the loop, which also runs the provider.
 */
public final class TokenCredentials extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Time until a provider that has failed while the old token still holds is asked again. */
    private static final long AGAIN_NANOS = 1_000_000_000;

    private final Loop loop;
    private final Callable<? extends Promise<Token>> provider;
    private final Duration early;
    private final Duration patience;
    private final boolean plaintext;

    /** Those who wait for the token that is being fetched. */
    private final List<MetadataApplier> waiting = new ArrayList<>();

    private @Nullable Token token;
    private long endNanos;
    private long refreshNanos;
    private boolean fetching;

    private TokenCredentials(
            Loop loop,
            Callable<? extends Promise<Token>> provider,
            Duration early,
            Duration patience,
            boolean plaintext) {
        this.loop = loop;
        this.provider = provider;
        this.early = early;
        this.patience = patience;
        this.plaintext = plaintext;
    }

    /** Tokens from {@code provider}, asked on {@code loop}, again a minute before one ends (after half of its time if that is later), and given up after 30 seconds. */
    public static TokenCredentials of(Loop loop, Callable<? extends Promise<Token>> provider) {
        return new TokenCredentials(loop, provider, Duration.ofMinutes(1), Duration.ofSeconds(30), false);
    }

    /** Others that ask the provider again {@code before} a token ends. */
    public TokenCredentials refreshed(Duration before) {
        return new TokenCredentials(loop, provider, before, patience, plaintext);
    }

    /** Others that give the provider up after {@code time}. */
    public TokenCredentials within(Duration time) {
        ServiceConfig.positive("time", time);
        return new TokenCredentials(loop, provider, early, time, plaintext);
    }

    /** Others that send tokens over connections which anybody on the way can read. For tests, and for sidecars on the same machine. */
    public TokenCredentials evenOnPlaintext() {
        return new TokenCredentials(loop, provider, early, patience, true);
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
        if (!plaintext && info.getSecurityLevel() != SecurityLevel.PRIVACY_AND_INTEGRITY) {
            applier.fail(
                    Status.UNAUTHENTICATED.withDescription(
                            "a token is not sent over a connection without encryption: use TLS, or evenOnPlaintext() if nobody can listen"));
        } else if (loop.isStopped()) {
            applier.fail(Status.UNAVAILABLE.withDescription("the loop that fetches tokens has stopped"));
        } else {
            loop.post(() -> apply(applier));
        }
    }

    private void apply(MetadataApplier applier) {
        long now = loop.timer().nanoTime();
        Token held = token;
        if (held != null && now - endNanos < 0) {
            tell(applier, held);
            if (now - refreshNanos >= 0) {
                fetch();
            }
        } else {
            waiting.add(applier);
            fetch();
        }
    }

    private static void tell(MetadataApplier applier, Token held) {
        Metadata added = new Metadata();
        added.put(AUTHORIZATION, held.value());
        applier.apply(added);
    }

    private void fetch() {
        if (fetching) {
            return;
        }
        fetching = true;
        loop.timer().timeout(patience, loop.<Token>fetch(provider)).listen(loop, (got, failure) -> {
            fetching = false;
            long now = loop.timer().nanoTime();
            if (got != null) {
                token = got;
                endNanos = now + got.lifetime().toNanos();
                Duration half = got.lifetime().dividedBy(2);
                refreshNanos = endNanos - (early.compareTo(half) < 0 ? early : half).toNanos();
            } else {
                refreshNanos = now + AGAIN_NANOS;
            }
            List<MetadataApplier> told = List.copyOf(waiting);
            waiting.clear();
            for (MetadataApplier each : told) {
                if (got != null) {
                    tell(each, got);
                } else {
                    each.fail(status(failure));
                }
            }
        });
    }

    private static Status status(@Nullable Throwable failure) {
        boolean passing = switch (failure) {
            case null -> false;
            case Failure told -> told.kind() == Failure.Kind.DISCONNECTED || told.kind() == Failure.Kind.OVERLOADED;
            case IOException e -> true;
            case TimeoutException e -> true;
            default -> Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE;
        };
        return passing
                ? Status.UNAVAILABLE
                        .withDescription("there is no token now: its provider cannot be reached")
                        .withCause(failure)
                : Status.UNAUTHENTICATED
                        .withDescription("there is no token: its provider has refused")
                        .withCause(failure);
    }
}
