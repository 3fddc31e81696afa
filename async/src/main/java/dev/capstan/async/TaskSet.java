package dev.capstan.async;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Promises that run for their effects, with one owner: closing it cancels those that are not done, the latest first. Belongs to its loop's thread. */
public final class TaskSet implements AutoCloseable {
    private final Loop loop;
    private final Consumer<? super Throwable> onFailure;
    private final Set<Task> tasks = new LinkedHashSet<>();

    /** Failures of tasks go to {@code onFailure}, on the loop's thread. */
    public TaskSet(Loop loop, Consumer<? super Throwable> onFailure) {
        this.loop = loop;
        this.onFailure = onFailure;
    }

    private final class Task {
        private Promise.Cancelable running = () -> {};

        void settled(@Nullable Throwable failure) {
            tasks.remove(this);
            if (failure != null) {
                onFailure.accept(failure);
            }
        }
    }

    /** Runs {@code promise}; consumes it. */
    public void add(Promise<?> promise) {
        Task task = new Task();
        task.running = promise.listen(loop, (value, failure) -> task.settled(failure));
        tasks.add(task);
    }

    /** Whether nothing runs. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** How many run. */
    public int size() {
        return tasks.size();
    }

    /** Cancels what runs, the latest first. The set stays usable. */
    @Override
    public void close() {
        List<Task> running = List.copyOf(tasks).reversed();
        tasks.clear();
        Canceling canceling = new Canceling();
        running.forEach(task -> canceling.cancel(task.running));
        canceling.rethrow();
    }
}
