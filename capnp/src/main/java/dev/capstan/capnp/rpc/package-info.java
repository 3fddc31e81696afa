/**
 * Cap'n Proto RPC, level 1, between two vats that share a message stream. Each of the protocol's four tables is a class of its own; a connection only
 * routes.
 *
 * <p>Start at: {@link dev.capstan.capnp.rpc.Vat}, whose comment is the life of a call; then {@code Connection}, {@code Question}, {@code IncomingCall}.
 */
@NullMarked
package dev.capstan.capnp.rpc;

import org.jspecify.annotations.NullMarked;
