/**
 * The {@code capstan} command.
 *
 * <p>Start at: {@link dev.capstan.gateway.Main}.
 */
@NullMarked
package dev.capstan.gateway;

import org.jspecify.annotations.NullMarked;
