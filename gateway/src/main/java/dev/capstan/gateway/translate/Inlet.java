package dev.capstan.gateway.translate;

import dev.capstan.capnp.dynamic.InterfaceSchema;
import dev.capstan.capnp.dynamic.StructSchema;

/**
 * An interface that gives a stream to whoever says where to, which JavaScript has as a {@code ReadableStream}.
 *
 * @param pump takes an {@link Outlet}, its only parameter, and gives nothing
 * @param to that parameter
 * @param outlet what it is
 */
record Inlet(Methods.Entry pump, StructSchema.Field to, InterfaceSchema outlet) {}
