/** Offenders that stand for the module cap. */
@NullMarked
package dev.capstan.interop.offenders.cap;

import org.jspecify.annotations.NullMarked;
