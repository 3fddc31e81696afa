/** What the arguments of the verbs mean: URLs, schemas, keys, values; and how a verb ends. Start at {@link dev.capstan.gateway.options.WireUrl}. */
@NullMarked
package dev.capstan.gateway.options;

import org.jspecify.annotations.NullMarked;
