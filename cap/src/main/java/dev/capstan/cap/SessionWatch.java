package dev.capstan.cap;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an {@link Observer} makes for a session that it wants to hear of. On the loop's thread of the session, where not said otherwise. */
public interface SessionWatch {
    /** Wants to hear nothing. */
    SessionWatch NONE = call -> CallWatch.NONE;

    /** A call has begun: it is about to be sent, or has come and is about to be looked at. Whoever wants to hear no more of it returns {@link CallWatch#NONE}. */
    CallWatch began(ObservedCall call);

    /** The session is over, and all its calls are: why, of kind DISCONNECTED also if one side was just done. The last that is told. */
    default void ended(Failure cause) {}

    /**
     * What surrounds the code that runs on this thread, which may be any, such as the trace that it is a part of: entered around {@link #began}, perhaps on another thread, it makes that call a part of
     * the same. Null if nothing does.
     */
    default @Nullable Supplier<CallWatch.Running> around() {
        return null;
    }

    /** Whether calls of this session may carry {@linkplain CallWatch#carried texts}; asked once, when it begins. */
    default boolean carries() {
        return false;
    }
}
