package dev.capstan.cap;

import dev.capstan.async.Loop;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a call that has not settled: capabilities taken from it queue their calls until {@link #resolve}.
 *
 * <p>Invariant: while unresolved, {@code interest} counts the open references and the unresolved capabilities that are in use; when it
 * reaches zero the owner is told, once.
 */
final class QueuedPipeline implements Pipeline {
    private final Loop loop;
    private final Runnable onUnused;
    private int references = 1;
    private int interest = 1;
    private @Nullable Map<Path, QueuedCap> caps;
    private @Nullable Pipeline target;

    /** {@code onUnused} runs when nobody uses the pipeline any more, unless it was resolved before. */
    QueuedPipeline(Loop loop, Runnable onUnused) {
        this.loop = loop;
        this.onUnused = onUnused;
    }

    @Override
    public Cap cap(Path path) {
        Pipeline known = target;
        if (known != null) {
            return known.cap(path);
        }
        Map<Path, QueuedCap> all = caps;
        if (all == null) {
            all = new LinkedHashMap<>(4);
            caps = all;
        }
        QueuedCap before = all.get(path);
        if (before != null && before.tryShare()) {
            return before;
        }
        QueuedCap cap = new QueuedCap(loop, this::lost);
        all.put(path, cap);
        interest++;
        return cap;
    }

    /** Whether a capability was taken from it that waits for {@link #resolve}. */
    boolean isAwaited() {
        return caps != null;
    }

    /** Whether {@link #resolve} was called. */
    public boolean isResolved() {
        return target != null;
    }

    /** Leads to {@code pipeline} from now on; what was queued goes there first, in order. Takes ownership. */
    public void resolve(Pipeline pipeline) {
        if (target != null) {
            pipeline.close();
            return;
        }
        target = pipeline;
        Map<Path, QueuedCap> all = caps;
        caps = null;
        if (all != null) {
            all.forEach((path, cap) -> {
                if (!cap.isReleased()) {
                    cap.resolve(pipeline.cap(path));
                }
            });
        }
        if (references == 0) {
            pipeline.close();
        }
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
        if (--references == 0) {
            Pipeline known = target;
            if (known != null) {
                known.close();
            } else {
                lost();
            }
        }
    }

    private void lost() {
        if (--interest == 0 && target == null) {
            onUnused.run();
        }
    }
}
