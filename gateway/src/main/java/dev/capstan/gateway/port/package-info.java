/** One address for every wire. Start at {@link dev.capstan.gateway.port.OnePort}. */
@NullMarked
package dev.capstan.gateway.port;

import org.jspecify.annotations.NullMarked;
