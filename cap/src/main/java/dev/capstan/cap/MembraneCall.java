package dev.capstan.cap;

import dev.capstan.async.Completer;
import dev.capstan.async.Promise;
import org.jspecify.annotations.Nullable;

/**
 * A call that has passed a {@link Membrane}, and the pipeline of its own answer. What comes back passes as a whole as soon as it is there, whether or not somebody waits for it, so that what it
 * holds is counted; that one copy serves whoever waits and whoever reads inside of it.
 */
final class MembraneCall implements Pipeline, Membrane.InFlight {
    private final Membrane membrane;
    private final Call call;
    private final boolean isInward;
    private final long bytes;
    private final Pipeline inner;
    private final CallEnd end;
    private final Completer<Payload> results;
    private final Promise.Cancelable waiting;
    private int references = 1;
    private boolean unwanted;
    private boolean over;
    /** What has come back; null before, and when the pipeline is closed. */
    private @Nullable Payload own;
    /** Why nothing of it passes. */
    private @Nullable Failure refused;

    /**
     * Takes ownership of everything.
     *
     * @param call what is answered
     * @param there the answer on the other side
     * @param end of the call on the other side
     * @param bytes what its parameters take
     */
    MembraneCall(Membrane membrane, Call call, Answer there, CallEnd end, boolean isInward, long bytes) {
        this.membrane = membrane;
        this.call = call;
        this.isInward = isInward;
        this.bytes = bytes;
        this.inner = there.pipeline();
        this.end = end;
        this.results = new Completer<>(membrane.loop());
        this.results.onCancel(() -> {
            unwanted = true;
            lost();
        });
        membrane.begun(this, isInward);
        this.waiting = there.results().listen(membrane.loop(), this::arrived);
        membrane.settle(this, isInward);
    }

    Answer answer() {
        return new Answer(results.promise(), this);
    }

    private void arrived(@Nullable Payload content, @Nullable Throwable failure) {
        over = true;
        membrane.over(this, isInward);
        if (content == null) {
            results.fail(failure == null ? Failure.failed("no result") : failure);
        } else {
            try (content) {
                passed(membrane.copied(content, call.newResults(0), isInward));
            } catch (RuntimeException e) {
                refuse(Failure.of(e));
            }
        }
        call.close();
    }

    /** Takes ownership of {@code copy}. */
    private void passed(Payload copy) {
        if (references > 0) {
            own = copy.share();
        }
        if (results.isPending()) {
            results.complete(copy);
        } else {
            copy.close();
        }
    }

    private void refuse(Failure why) {
        refused = why;
        if (references > 0) {
            inner.close();
        }
        results.fail(why);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void revoked(Failure why) {
        if (over) {
            return;
        }
        over = true;
        waiting.cancel();
        refuse(why);
        call.close();
    }

    /** Nobody wants the results, or nobody the pipeline. If both, the call counts until it has stopped: giving up makes no room for what goes on. */
    private void lost() {
        if (unwanted && references == 0 && !over) {
            over = true;
            waiting.cancel();
            end.then(() -> {
                membrane.over(this, isInward);
                call.close();
            });
        }
    }

    // ---- the pipeline

    @Override
    public Cap cap(Path path) {
        Failure why = refused;
        if (why != null) {
            return new BrokenCap(why);
        }
        Cap there = inner.cap(path);
        Payload copy = own;
        if (copy != null && there.innermost() instanceof ValueReference) {
            there.close();
            return copy.cap(path);
        }
        return membrane.passed(there, isInward);
    }

    @Override
    public Pipeline share() {
        references++;
        return this;
    }

    @Override
    public void close() {
        if (references <= 0) {
            throw new IllegalStateException("this pipeline was closed more often than it was shared");
        }
        if (--references > 0) {
            return;
        }
        if (refused == null) {
            inner.close();
        }
        Payload copy = own;
        own = null;
        if (copy != null) {
            copy.close();
        }
        lost();
    }
}
