/**
 * Connections that last: clients that connect again, stubs that lead on over the next connection, and pools of connections.
 *
 * <p>Start at {@link dev.capstan.capnweb.connect.ReconnectingClient}, for one connection at a time, and at {@link dev.capstan.capnweb.connect.ClientPool}, for several to the same
 * target. Nothing of this is seen by the peer, and nothing depends on what carries a session.
 */
package dev.capstan.capnweb.connect;
