/** The verbs that serve, and what they listen at and lead to. Start at {@link dev.capstan.gateway.listen.GatewayCommand}. */
@NullMarked
package dev.capstan.gateway.listen;

import org.jspecify.annotations.NullMarked;
