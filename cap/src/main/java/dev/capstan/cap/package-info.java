/** The seam to call through: capabilities, calls, answers, failures. */
@NullMarked
package dev.capstan.cap;

import org.jspecify.annotations.NullMarked;
