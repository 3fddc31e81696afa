/** Offenders that stand for the module net. */
@NullMarked
package dev.capstan.interop.offenders.net;

import org.jspecify.annotations.NullMarked;
