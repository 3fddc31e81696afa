/**
 * Cap'n Proto messages: segments, pointers, readers and builders.
 *
 * <p>A message is one or more segments of 8-byte words that are read and written in place; nothing is parsed ahead of
 * use, so every pointer of a received message is checked where it is followed. Readers are immutable values over a
 * message that must not change while they are in use; builders write into a {@link
 * dev.capstan.capnp.MessageBuilder}, which belongs to one thread. Capabilities travel beside a message, in its {@link
 * dev.capstan.capnp.CapTable}.
 *
 * <p>Start at {@link dev.capstan.capnp.MessageBuilder}, {@link dev.capstan.capnp.MessageReader}, {@link
 * dev.capstan.capnp.AnyPointer} and, for what generated code is made of, {@link dev.capstan.capnp.StructType}. The
 * encoding is the one of capnproto.org/encoding.html.
 */
@NullMarked
package dev.capstan.capnp;

import org.jspecify.annotations.NullMarked;
