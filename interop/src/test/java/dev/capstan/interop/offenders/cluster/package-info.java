/** Offenders that stand for the module cluster. */
@NullMarked
package dev.capstan.interop.offenders.cluster;

import org.jspecify.annotations.NullMarked;
