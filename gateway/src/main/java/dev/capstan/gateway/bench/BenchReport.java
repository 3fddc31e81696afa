package dev.capstan.gateway.bench;

import dev.capstan.gateway.options.InputException;
import dev.capstan.gateway.options.Literal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was measured, in words, numbers or a page.
 *
 * @param load ended
 */
record BenchReport(String url, String path, Load.Plan plan, int connections, Load load) {
    private static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0);
    private static final int BAR = 40;

    enum Format {
        SUMMARY,
        JSON,
        CSV,
        HTML;

        static Format named(String name) throws InputException {
            for (Format each : values()) {
                if (each.name().equalsIgnoreCase(name)) {
                    return each;
                }
            }
            throw new InputException("-O: '" + name + "' is no format: write summary, json, csv or html.");
        }
    }

    String in(Format format) {
        return switch (format) {
            case SUMMARY -> summary();
            case JSON -> Literal.json(numbers()) + "\n";
            case CSV -> csv();
            case HTML -> new BenchPage(this).text();
        };
    }

    Histogram latencies() {
        return load.latencies();
    }

    long failed() {
        return load.failures().values().stream().mapToLong(Integer::longValue).sum();
    }

    double seconds() {
        return load.nanos() / 1e9;
    }

    double rate() {
        return load.nanos() == 0 ? 0 : latencies().getTotalCount() / seconds();
    }

    static String millis(double nanos) {
        return String.format(Locale.ROOT, nanos < 10e6 ? "%.3f ms" : "%.1f ms", nanos / 1e6);
    }

    static String percentile(double percentile) {
        return percentile == 100
                ? "max"
                : "p" + (percentile == Math.rint(percentile) ? (long) percentile + "" : percentile + "");
    }

    String how() {
        return plan.perSecond() > 0
                ? String.format(
                        Locale.ROOT,
                        "%.0f/s were to begin, on %d connection%s",
                        plan.perSecond(),
                        connections,
                        connections == 1 ? "" : "s")
                : plan.atOnce() + " at once, on " + connections + " connection" + (connections == 1 ? "" : "s");
    }

    private String summary() {
        StringBuilder text = new StringBuilder();
        Histogram all = latencies();
        text.append(path).append(" at ").append(url).append(", ").append(how()).append('\n');
        text.append(String.format(
                Locale.ROOT,
                "%d calls in %.2f s: %.0f/s, %d failed%n",
                all.getTotalCount(),
                seconds(),
                rate(),
                failed()));
        if (all.getTotalCount() > 0) {
            text.append(String.format(Locale.ROOT, "%6s  %10s%n", "min", millis((double) all.getMinValue())));
            text.append(String.format(Locale.ROOT, "%6s  %10s%n", "mean", millis(all.getMean())));
            double most = Math.max(1, all.getMaxValue());
            for (double each : PERCENTILES) {
                long value = all.getValueAtPercentile(each);
                text.append(String.format(Locale.ROOT, "%6s  %10s  ", percentile(each), millis((double) value)));
                text.append("|".repeat((int) Math.max(1, BAR * value / most))).append('\n');
            }
        }
        load.failures()
                .forEach((reason, count) ->
                        text.append(count).append(" x ").append(reason).append('\n'));
        return text.toString();
    }

    private Map<String, @Nullable Object> numbers() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("url", url);
        all.put("path", path);
        all.put("calls", latencies().getTotalCount());
        all.put("failed", failed());
        all.put("seconds", seconds());
        all.put("callsPerSecond", rate());
        all.put("concurrency", plan.atOnce());
        all.put("connections", connections);
        all.put("wantedPerSecond", plan.perSecond());
        Map<String, @Nullable Object> nanos = new LinkedHashMap<>();
        if (latencies().getTotalCount() > 0) {
            nanos.put("min", latencies().getMinValue());
            nanos.put("mean", latencies().getMean());
            for (double each : PERCENTILES) {
                nanos.put(percentile(each), latencies().getValueAtPercentile(each));
            }
        }
        all.put("latencyNanos", nanos);
        all.put("failures", load.failures());
        return all;
    }

    private String csv() {
        StringBuilder text = new StringBuilder("percentile,latency_ns,calls\n");
        if (latencies().getTotalCount() > 0) {
            for (double each : PERCENTILES) {
                long value = latencies().getValueAtPercentile(each);
                text.append(String.format(
                        Locale.ROOT, "%s,%d,%d%n", each, value, latencies().getCountBetweenValues(0, value)));
            }
        }
        return text.toString();
    }

    List<Histogram> perSecond() {
        return load.seconds();
    }

    List<Double> shownPercentiles() {
        return PERCENTILES;
    }
}
