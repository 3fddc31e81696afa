package dev.capstan.grpc.client;

import dev.capstan.grpc.CallMetadata;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What one call has of its own.
 *
 * @param deadline time that it may take, from its beginning; zero for what the method's policy says
 * @param waitForReady whether it waits for a connection rather than fail when none can be made; empty for what the method's policy says
 * @param metadata sent before its messages
 * @param credentials added to its metadata by whoever knows them; empty for those of the client
 * @param compression name of the encoding of its messages, as in {@code gzip}; empty for that of the client
 * @param onBegin told of the call when it has begun, on the thread that began it: how users of generated clients come to its headers, trailers and context. It must not take the answers
 */
public record CallSettings(
        Duration deadline,
        Optional<Boolean> waitForReady,
        CallMetadata metadata,
        Optional<CallCredentials> credentials,
        Optional<String> compression,
        Optional<Consumer<? super GrpcCall<?, ?>>> onBegin) {
    /** Nothing of its own. */
    public static final CallSettings DEFAULT = new CallSettings(
            Duration.ZERO, Optional.empty(), CallMetadata.EMPTY, Optional.empty(), Optional.empty(), Optional.empty());

    /** Checks the deadline. */
    public CallSettings {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline must not be negative, but is " + deadline);
        }
    }

    /** {@code options} with what this has. */
    CallOptions addedTo(CallOptions options) {
        CallOptions all = options;
        if (!deadline.isZero()) {
            all = all.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (waitForReady.isPresent()) {
            all = waitForReady.get() ? all.withWaitForReady() : all.withoutWaitForReady();
        }
        if (credentials.isPresent()) {
            all = all.withCallCredentials(credentials.get());
        }
        return compression.isPresent() ? all.withCompression(compression.get()) : all;
    }

    /** These with a deadline. */
    public CallSettings within(Duration time) {
        return new CallSettings(time, waitForReady, metadata, credentials, compression, onBegin);
    }

    /** These with a word on waiting for a connection. */
    public CallSettings waiting(boolean waits) {
        return new CallSettings(deadline, Optional.of(waits), metadata, credentials, compression, onBegin);
    }

    /** These with other metadata. */
    public CallSettings with(CallMetadata other) {
        return new CallSettings(deadline, waitForReady, other, credentials, compression, onBegin);
    }

    /** These with credentials, such as {@link TokenCredentials}. */
    public CallSettings with(CallCredentials other) {
        return new CallSettings(deadline, waitForReady, metadata, Optional.of(other), compression, onBegin);
    }

    /** These with an encoding of messages. */
    public CallSettings compressed(String encoding) {
        return new CallSettings(deadline, waitForReady, metadata, credentials, Optional.of(encoding), onBegin);
    }

    /** These, telling {@code told} of each call that begins. */
    public CallSettings onBegin(Consumer<? super GrpcCall<?, ?>> told) {
        return new CallSettings(deadline, waitForReady, metadata, credentials, compression, Optional.of(told));
    }
}
