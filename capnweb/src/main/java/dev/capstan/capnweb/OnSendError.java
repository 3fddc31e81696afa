package dev.capstan.capnweb;

import org.jspecify.annotations.Nullable;

/**
 * Decides what a peer is told of an error, as the option {@code onSendError} of TypeScript does: to log it, to say it in other words, to add a stack.
 *
 * <p><b>What is told by default.</b> A {@link dev.capstan.cap.Failure} and a {@link JsError} were made for the peer, or came from one: all of them but the stack. An exception of
 * another class that was thrown was not: the peer hears that the call failed, and the message
 * is logged. What a program puts into a value itself is told, but for the stack.
 */
@FunctionalInterface
public interface OnSendError {
    /**
     * Runs on the session's loop, in the middle of a message: it must not wait. If it throws, that is logged and the default is told.
     *
     * @param error everything that is known of it, also what is not told by default; {@code error} itself as the answer tells all of that
     * @param thrown what a call, a stream or the session failed with, or an exception in a value; null for a {@code JsError} in a value
     * @return what the peer is told; null for the default
     */
    @Nullable
    JsError sending(JsError error, @Nullable Throwable thrown);
}
