/**
 * Where schemas come from, and what is said about them when something is wrong. Offsets are bytes everywhere below; only a {@link Problem}
 * speaks of lines and columns.
 *
 * <p>Start at {@link dev.capstan.capnpc.source.SourceFiles}.
 */
@NullMarked
package dev.capstan.capnpc.source;

import org.jspecify.annotations.NullMarked;
