package dev.capstan.grpc.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Typed settings as the JSON of gRPC's service config (grpc/service_config.proto), whose numbers are all doubles in grpc-java: pure functions. */
final class ServiceConfig {
    private ServiceConfig() {}

    static Map<String, Object> of(
            Balancing balancing,
            @Nullable String healthOf,
            List<MethodPolicy> policies,
            int budgetTokens,
            double budgetRatio) {
        Map<String, Object> config = new HashMap<>();
        config.put("loadBalancingConfig", List.of(balancing(balancing)));
        List<Map<String, Object>> methods = new ArrayList<>();
        for (MethodPolicy policy : policies) {
            methods.add(method(policy));
        }
        config.put("methodConfig", methods);
        if (healthOf != null) {
            config.put("healthCheckConfig", Map.of("serviceName", healthOf));
        }
        if (budgetTokens > 0) {
            config.put("retryThrottling", Map.of("maxTokens", (double) budgetTokens, "tokenRatio", budgetRatio));
        }
        return config;
    }

    private static Map<String, Object> balancing(Balancing balancing) {
        return switch (balancing) {
            case Balancing.PickFirst first -> Map.of("pick_first", Map.of("shuffleAddressList", first.shuffled()));
            case Balancing.RoundRobin ignored -> Map.of("round_robin", Map.of());
            case Balancing.OutlierDetection outliers ->
                Map.of(
                        "outlier_detection_experimental",
                        Map.of(
                                "interval", seconds(outliers.interval()),
                                "baseEjectionTime", seconds(outliers.ejection()),
                                "maxEjectionPercent", (double) outliers.maxEjectedPercent(),
                                "failurePercentageEjection",
                                        Map.of(
                                                "threshold", (double) outliers.failurePercent(),
                                                "enforcementPercentage", 100.0,
                                                "minimumHosts", (double) outliers.minServers(),
                                                "requestVolume", (double) outliers.minCalls()),
                                "childPolicy", List.of(balancing(outliers.among()))));
        };
    }

    private static Map<String, Object> method(MethodPolicy policy) {
        Map<String, Object> config = new HashMap<>();
        int slash = policy.path().indexOf('/');
        config.put(
                "name",
                List.of(
                        slash >= 0
                                ? Map.of(
                                        "service", policy.path().substring(0, slash),
                                        "method", policy.path().substring(slash + 1))
                                : policy.path().isEmpty() ? Map.of() : Map.of("service", policy.path())));
        if (!policy.deadline().isZero()) {
            config.put("timeout", seconds(policy.deadline()));
        }
        if (policy.waitForReady()) {
            config.put("waitForReady", true);
        }
        switch (policy.attempts()) {
            case Attempts.Once ignored -> {}
            case Attempts.Retry retry ->
                config.put(
                        "retryPolicy",
                        Map.of(
                                "maxAttempts", (double) retry.maxAttempts(),
                                "initialBackoff", seconds(retry.initialBackoff()),
                                "maxBackoff", seconds(retry.maxBackoff()),
                                "backoffMultiplier", retry.multiplier(),
                                "retryableStatusCodes", names(retry.on())));
            case Attempts.Hedging hedging ->
                config.put(
                        "hedgingPolicy",
                        Map.of(
                                "maxAttempts", (double) hedging.maxAttempts(),
                                "hedgingDelay", seconds(hedging.delay()),
                                "nonFatalStatusCodes", names(hedging.nonFatal())));
        }
        return config;
    }

    private static List<String> names(Set<Status.Code> codes) {
        return codes.stream().map(Enum::name).sorted().toList();
    }

    /** A duration as JSON has it, as in {@code 1.500000000s}. */
    static String seconds(Duration time) {
        String digits = Integer.toString(1_000_000_000 + time.getNano());
        return time.getSeconds() + "." + digits.substring(1) + "s";
    }

    static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be more than nothing, but is " + value);
        }
    }

    static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be "
                    + (most == Integer.MAX_VALUE ? "at least " + least : least + ".." + most) + ", not " + value);
        }
    }
}
