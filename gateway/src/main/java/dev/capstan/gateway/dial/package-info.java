/** Objects of a server as the verbs see them, whatever its wire. Start at {@link dev.capstan.gateway.dial.Remote}. */
@NullMarked
package dev.capstan.gateway.dial;

import org.jspecify.annotations.NullMarked;
