package dev.capstan.async;

import dev.capstan.async.Promise.Work;
import org.jspecify.annotations.Nullable;

/** Applies one of two functions to the result of the stage above. */
final class TransformNode extends Node {
    private final Node above;
    private final @Nullable Work<Object, ?> onValue;
    private final @Nullable Work<Throwable, ?> onFailure;

    TransformNode(Node above, boolean user, @Nullable Work<Object, ?> onValue, @Nullable Work<Throwable, ?> onFailure) {
        super(above.loop, user || above.user);
        this.above = above;
        this.onValue = onValue;
        this.onFailure = onFailure;
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
            if (result instanceof Broken(Throwable cause)) {
                return onFailure == null ? result : onFailure.apply(cause);
            }
            return onValue == null ? result : onValue.apply(Promise.<Object>cast(result));
        } catch (Throwable e) {
            return new Broken(e);
        }
    }

    @Override
    void cancel() {
        above.cancel();
    }
}
