/**
 * Cap'n Web for Java programs: interfaces and records instead of names and trees. This is the one place of the module that looks into users' classes.
 *
 * <p>Start at {@link dev.capstan.capnweb.bind.Binder}, and at {@link dev.capstan.capnweb.bind.Remote} for what an interface may hold. What the types are to a peer
 * is told in TypeScript's words by {@link dev.capstan.capnweb.bind.Binder#declarations}.
 */
package dev.capstan.capnweb.bind;
