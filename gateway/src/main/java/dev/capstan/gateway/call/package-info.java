/** The verbs that ask a server: what it has, what it answers, how it is. Start at {@link dev.capstan.gateway.call.Session}. */
@NullMarked
package dev.capstan.gateway.call;

import org.jspecify.annotations.NullMarked;
