package dev.capstan.capnweb.bind;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an interface whose methods a peer may call: a plain object that implements it is served ({@link Binder#serve}), a reference to a peer's object is called
 * through it ({@link Binder#stub}). Nothing else of an object is reachable.
 *
 * <p><b>Methods.</b> All of the interface and of those that it extends, default methods among them, but for {@code close()} of {@link AutoCloseable}, which is never
 * sent. Each name once: there are no overloads in JavaScript.
 *
 * <p><b>What they take and give</b>: primitives and boxes (integers exactly or not at all: {@code long} as far as JavaScript counts exactly, up to 2<sup>53</sup> - 1;
 * {@link java.math.BigInteger} beyond), {@link String}, enums, records, {@link java.util.List}, {@link java.util.Set}, {@link java.util.Map} with names or enums as keys, arrays,
 * {@link java.util.Optional}, {@link java.time.Instant}, {@code byte[]} and {@link java.nio.ByteBuffer}, arrays of numbers, {@link java.net.URI}, sealed interfaces of records ({@link
 * Tagged}), {@link Throwable}, streams ({@link java.io.InputStream}, {@link java.io.OutputStream}, {@link
 * java.util.Iterator}, {@link java.util.concurrent.Flow.Publisher}), the types of {@link dev.capstan.capnweb}, and {@link Object} for whatever comes. Null is taken and given only where an annotation of the
 * name {@code Nullable} allows it; a member that is missing is an error unless it is one of those or an {@code Optional}; members that nobody asked for are ignored.
 *
 * <p><b>What else they return.</b> A remote or functional interface, which at a caller is there at once and can be called before it exists; {@link Pending}, a value on
 * its way; {@link dev.capstan.async.Promise} and {@link java.util.concurrent.CompletionStage}. Any other result is waited for by the calling thread.
 *
 * <p><b>Objects as parameters.</b> Remote and functional interfaces (those with {@link FunctionalInterface}) are references to what the caller passed. They are the
 * callee's until its method is through, its promise included, and are closed then; who wants to call them later keeps {@link Remotes#dup} of them and closes that. What a method
 * returns it gives away: a reference among it is closed here once it is sent.
 *
 * <p><b>Failures.</b> A {@link dev.capstan.cap.Failure} and the exceptions that a method declares, checked or not, are told to the caller, message included. Anything else is logged here, and the
 * caller hears that the method failed, unless {@link Binder#showingMessages} says otherwise. A stub's method throws a {@code Failure}, or the exception that it declares if the error has
 * its name and it has a constructor that takes a message. A {@link Pending}, a promise and a stage fail with it: waiting for them throws an unchecked one as itself, a checked one as the
 * cause of a {@link java.util.concurrent.CompletionException}.
 *
 * <p><b>Callbacks that give nothing</b>, such as {@link java.util.function.Consumer}, are told and never waited for; that one failed is logged. A functional interface that declares an exception, or gives a
 * promise, can be waited for, as can the methods of remote interfaces.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Remote {
    /**
     * Whether methods may wait: each call runs on a fiber of its own, in the order of arrival, one at a time but for where they wait. Otherwise they run on the
     * loop and must be quick; what takes time returns a promise.
     */
    boolean blocking() default false;
}
