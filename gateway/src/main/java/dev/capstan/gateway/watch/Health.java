package dev.capstan.gateway.watch;

import dev.capstan.async.Promise;
import dev.capstan.net.http.HttpResponse;
import dev.capstan.net.http.HttpRoutes;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether this process wants more work, for load balancers and orchestrators that ask: a {@code GET} is answered with 200 {@code serving}, or 503 {@code draining} once it has begun to go away. Thread-safe.
 */
public final class Health {
    private final AtomicBoolean draining = new AtomicBoolean();

    /** The process has begun to go away: from now on whoever asks is told to send nobody else. To be called first when draining, before ports are closed. */
    public void drain() {
        draining.set(true);
    }

    /** Whether {@link #drain} was called. */
    public boolean isDraining() {
        return draining.get();
    }

    /** {@code GET} of {@code path}. */
    public HttpRoutes routes(String path) {
        return HttpRoutes.none()
                .on(
                        "GET",
                        path,
                        request -> Promise.of(
                                isDraining()
                                        ? HttpResponse.text(503, "draining\n")
                                        : HttpResponse.text(200, "serving\n")));
    }
}
