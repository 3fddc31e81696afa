/**
 * Sessions that outlive their connections. Between a session and its sockets lies a stream that counts messages, keeps what the other side has not acknowledged, and
 * sends it again when a new socket takes the place of one that was cut: each message arrives once and in order, so the session above never notices. The protocol is in
 * {@code docs/resume.md}.
 */
@NullMarked
package dev.capstan.capnweb.resume;

import org.jspecify.annotations.NullMarked;
