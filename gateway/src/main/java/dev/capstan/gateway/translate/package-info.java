/**
 * Cap'n Proto and Cap'n Web, each called from the other: values, calls, capabilities and streams, translated by schemas that were loaded. Nothing is generated and nothing is known but the
 * schema. Start at {@link dev.capstan.gateway.translate.Bridge}.
 */
@NullMarked
package dev.capstan.gateway.translate;

import org.jspecify.annotations.NullMarked;
