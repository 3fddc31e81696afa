/** Two processes that call each other: Cap'n Web has no client and no server once a connection is there. */
@NullMarked
package dev.capstan.examples.peers;

import org.jspecify.annotations.NullMarked;
