/**
 * Programs that a peer runs for us: calls that depend on one another, choices, loops and arithmetic in one message and one round trip. An extension of Cap'n Web that servers opt into, spoken in ordinary
 * calls.
 *
 * <p>{@link dev.capstan.capnweb.il.Programs} lets an object answer them, {@link dev.capstan.capnweb.il.Program} writes one. The grammar is in {@code docs/il.md}.
 */
package dev.capstan.capnweb.il;
