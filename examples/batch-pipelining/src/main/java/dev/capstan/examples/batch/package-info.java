/** Three calls of which each needs the one before, in one HTTP request: Cap'n Web with interfaces and records. */
@NullMarked
package dev.capstan.examples.batch;

import org.jspecify.annotations.NullMarked;
