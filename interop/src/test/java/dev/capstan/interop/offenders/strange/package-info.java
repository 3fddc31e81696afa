/** Offenders that stand for the module strange. */
@NullMarked
package dev.capstan.interop.offenders.strange;

import org.jspecify.annotations.NullMarked;
