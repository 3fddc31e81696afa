/** The seam to call through: capabilities, calls, answers, failures; and what sessions tell of themselves, with {@link dev.capstan.cap.Observer}. */
@NullMarked
package dev.capstan.cap;

import org.jspecify.annotations.NullMarked;
