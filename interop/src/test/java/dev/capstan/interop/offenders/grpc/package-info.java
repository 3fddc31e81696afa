/** Offenders that stand for the module grpc. */
@NullMarked
package dev.capstan.interop.offenders.grpc;

import org.jspecify.annotations.NullMarked;
