/** Offenders that stand for the module capnweb. */
@NullMarked
package dev.capstan.interop.offenders.capnweb;

import org.jspecify.annotations.NullMarked;
