package dev.capstan.async;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What other threads leave for a loop, and how they wake it. {@link #add} and {@link #isEmpty} may be called from any thread, the rest on the loop's;
 * tasks of one sender run in the order in which they were added.
 */
final class Inbox {
    private static final Logger LOG = System.getLogger(Inbox.class.getName());

    private final EventPort port;
    /** Newest first; {@link #closed} once the loop takes no more. */
    private final AtomicReference<@Nullable Post> posts = new AtomicReference<>();

    private final Post closed = new Post(() -> {});
    private volatile boolean sleeping;

    private static final class Post {
        final Runnable task;

        @Nullable
        Post next;

        Post(Runnable task) {
            this.task = task;
        }
    }

    Inbox(EventPort port) {
        this.port = port;
    }

    /** Leaves a task; false if nobody will run it any more. */
    boolean add(Runnable task) {
        Post post = new Post(task);
        Post head;
        do {
            head = posts.get();
            if (head == closed) {
                return false;
            }
            post.next = head;
        } while (!posts.compareAndSet(head, post));
        if (head == null && sleeping) {
            port.wake();
        }
        return true;
    }

    boolean isEmpty() {
        return posts.get() == null;
    }

    /** Lets the port look for I/O, and sleep at most {@code maxWaitNanos} until there is some or a task comes. */
    void poll(long maxWaitNanos) {
        long wait = maxWaitNanos;
        if (wait > 0) {
            // Announced before the last look at the posts, so that either this thread sees a post or its sender
            // sees the announcement.
            sleeping = true;
            if (!isEmpty()) {
                sleeping = false;
                wait = 0;
            }
        }
        try {
            port.poll(wait);
        } finally {
            sleeping = false;
        }
    }

    /** Runs what is here, oldest first; what is added meanwhile waits. */
    void run() {
        run(posts.getAndSet(null));
    }

    /** As {@link #run}, and refuses what comes later. */
    void close() {
        run(posts.getAndSet(closed));
    }

    private static void run(@Nullable Post newest) {
        Post oldest = null;
        while (newest != null) {
            Post older = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = older;
        }
        while (oldest != null) {
            try {
                oldest.task.run();
            } catch (Throwable e) {
                LOG.log(
                        Level.ERROR,
                        "a posted task threw; this is a bug in "
                                + oldest.task.getClass().getName(),
                        e);
            }
            oldest = oldest.next;
        }
    }
}
