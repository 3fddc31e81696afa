/**
 * What operators see of sessions and calls on every wire, on the {@link dev.capstan.cap.Observer} that all wires tell: metrics at {@link dev.capstan.gateway.watch.Metrics}, traces at {@link
 * dev.capstan.gateway.watch.CallTraces}, log lines that name the trace at {@link dev.capstan.gateway.watch.LogLines}, whether the process serves at {@link dev.capstan.gateway.watch.Health}.
 */
@NullMarked
package dev.capstan.gateway.watch;

import org.jspecify.annotations.NullMarked;
