/** Offenders that stand for the module capnp. */
@NullMarked
package dev.capstan.interop.offenders.capnp;

import org.jspecify.annotations.NullMarked;
