/** One listening address for several protocols. Start at {@link dev.capstan.net.port.SharedPort}. */
@NullMarked
package dev.capstan.net.port;

import org.jspecify.annotations.NullMarked;
