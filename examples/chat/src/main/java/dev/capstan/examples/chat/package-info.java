/** Chat: rooms are capabilities, messages are callbacks. A server, a page for browsers that it serves, and a client for terminals. */
@NullMarked
package dev.capstan.examples.chat;

import org.jspecify.annotations.NullMarked;
