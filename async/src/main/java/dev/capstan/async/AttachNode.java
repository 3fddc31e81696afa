package dev.capstan.async;

import org.jspecify.annotations.Nullable;

/** Closes something once the result has been taken or given up. */
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
            attached.close();
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
            close();
        }
    }

    private void close() {
        try {
            attached.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing what was attached to a cancelled promise failed", e);
        }
    }
}
