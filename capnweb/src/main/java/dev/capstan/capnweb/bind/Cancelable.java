package dev.capstan.capnweb.bind;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of an interface, whose running calls stop when nobody wants their results any more: the caller has given the result and all that it called on it up, as an
 * {@code AbortSignal} makes {@code withSignal} of clients/ts do, or its session has ended. Without the mark a call that has begun runs to its end, since only the method knows whether half of its work
 * does harm.
 *
 * <p>A promise that the method has returned is cancelled ({@link dev.capstan.async.Completer#onCancel} tells whoever is to settle it), and so is a {@link java.util.concurrent.CompletableFuture}. In an
 * interface that is {@linkplain Remote#blocking blocking}, the fiber's wait ends with a {@link dev.capstan.async.CanceledException}; a method that does not wait is not interrupted. Parameters are given
 * back as at any end of a call.
 *
 * <p>On the interface of a stub it says nothing: the callee decides.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Cancelable {}
