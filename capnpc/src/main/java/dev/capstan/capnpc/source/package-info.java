/**
 * Where schemas come from, and what is said about them when something is wrong: what users of the compiler see of its input.
 *
 * <p>Start at {@link dev.capstan.capnpc.source.SourceFiles}.
 */
@NullMarked
package dev.capstan.capnpc.source;

import org.jspecify.annotations.NullMarked;
