package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Closes something, as user code, once the result has been taken or given up. */
final class AttachNode extends Node {
    private final Node above;
    private final AutoCloseable attached;

    AttachNode(Node above, AutoCloseable attached) {
        super(above.loop, above.user);
        this.above = above;
        this.attached = attached;
    }

    @Override
    void onReady(Event event) {
        above.onReady(event);
    }

    @Override
    @Nullable
    Object get() {
        Object result = above.get();
        try {
            if (mustWait()) {
                closeGuarded();
            } else {
                attached.close();
            }
        } catch (Throwable e) {
            if (result instanceof Broken(Throwable cause)) {
                cause.addSuppressed(e);
                return result;
            }
            return new Broken(e);
        }
        return result;
    }

    @Override
    void cancel() {
        try {
            above.cancel();
        } finally {
            closeGuarded();
        }
    }

    /** Neither taking a result nor cancelling waits for the permit, and what is closed may belong to a handler. */
    private void closeGuarded() {
        if (loop != null && mustWait()) {
            loop.guard(this::close);
        } else {
            close();
        }
    }

    private boolean mustWait() {
        return loop != null && loop.permit.isHeld();
    }

    private void close() {
        try {
            attached.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing what was attached to a promise failed", e);
        }
    }
}
