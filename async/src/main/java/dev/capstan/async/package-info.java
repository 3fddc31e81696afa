/** Promises, the loop that runs them, and the streams they come from. */
@NullMarked
package dev.capstan.async;

import org.jspecify.annotations.NullMarked;
