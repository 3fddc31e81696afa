/**
 * Messages in streams and files, plain and packed.
 *
 * <p>Start at {@link dev.capstan.capnp.io.MessageInput} and {@link dev.capstan.capnp.io.MessageOutput}; {@link dev.capstan.capnp.io.MessageChannel} on a
 * loop; {@link dev.capstan.capnp.io.Packed} for bytes alone.
 */
@NullMarked
package dev.capstan.capnp.io;

import org.jspecify.annotations.NullMarked;
