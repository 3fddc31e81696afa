/** Offenders that stand for the module async. */
@NullMarked
package dev.capstan.interop.offenders.async;

import org.jspecify.annotations.NullMarked;
