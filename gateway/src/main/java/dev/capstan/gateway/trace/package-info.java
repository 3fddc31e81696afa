/** The verbs that show, keep and replay what passes between others. Start at {@link dev.capstan.gateway.trace.TraceCommand}. */
@NullMarked
package dev.capstan.gateway.trace;

import org.jspecify.annotations.NullMarked;
