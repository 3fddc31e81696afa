package dev.capstan.grpc.telemetry;

import dev.capstan.grpc.ServerKind;
import io.grpc.Context;
import java.util.Random;

/** A call with correlation ids, for a class path without the libraries of telemetry. */
final class BareProgram {
    private BareProgram() {}

    public static void main(String[] arguments) throws Exception {
        for (String each : new String[] {"io.opentelemetry.api.OpenTelemetry", "io.micrometer.core.instrument.Meter"}) {
            try {
                Class.forName(each);
                throw new IllegalStateException(each + " is there");
            } catch (ClassNotFoundException e) {
                System.out.println("absent: " + each);
            }
        }
        Telemetry ids = CorrelationIds.telemetry(new Random(1));
        try (TelemetryScene scene = new TelemetryScene()) {
            int port = scene.serve(
                    ServerKind.OURS,
                    (request, to) -> {
                        System.out.println("IDS "
                                + CorrelationIds.of(Context.current())
                                        .orElseThrow()
                                        .requestId()
                                        .length());
                        TelemetryScene.echo(request, to);
                    },
                    ids.server());
            TelemetryScene.one(scene.client(port, ids), TelemetryScene.ask(1));
        }
        System.exit(0);
    }
}
