/**
 * What is told of calls: spans and metrics through OpenTelemetry, metrics through Micrometer, ids that go from call to call. Nothing happens, and neither library is needed, unless one of
 * these is added to a client or server. Start at {@link dev.capstan.grpc.telemetry.Telemetry}.
 */
@NullMarked
package dev.capstan.grpc.telemetry;

import org.jspecify.annotations.NullMarked;
