package dev.capstan.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** One measured stretch of time of one case: counts operations, keeps their latencies, and prints one JSON line. */
final class Window {
    private final BenchClient.Options options;
    private final String name;
    private final int units;
    private final long unitBytes;
    private int[] latencies = new int[1 << 20];
    private int count;
    private long begin;
    private long deadline;
    private Usage clientBefore = Usage.NOTHING;
    private Usage serverBefore = Usage.NOTHING;
    private double busyBefore;

    Window(BenchClient.Options options, String name, long bytesPerOperation) {
        this(options, name, 1, bytesPerOperation);
    }

    /** An operation counts as {@code units} of what is reported, but for its latency. */
    Window(BenchClient.Options options, String name, int units, long unitBytes) {
        this.options = options;
        this.name = name;
        this.units = units;
        this.unitBytes = unitBytes;
    }

    void warmUp() {
        count = 0;
        deadline = System.nanoTime() + options.warmMillis() * 1_000_000;
    }

    void start() throws IOException {
        count = 0;
        clientBefore = Usage.of(ProcessHandle.current().pid());
        serverBefore = Usage.of(options.serverPid());
        busyBefore = Usage.machineBusy();
        begin = System.nanoTime();
        deadline = begin + options.millis() * 1_000_000;
    }

    boolean isOpen() {
        return System.nanoTime() < deadline;
    }

    long operations() {
        return count;
    }

    void done(long nanos) {
        done(nanos, 1);
    }

    /** {@code times} operations that took {@code nanos} each. */
    void done(long nanos, int times) {
        for (int i = 0; i < times; i++) {
            if (count == latencies.length) {
                latencies = Arrays.copyOf(latencies, latencies.length * 2);
            }
            latencies[count++] = (int) Math.min(nanos, Integer.MAX_VALUE);
        }
    }

    String finish() throws IOException {
        return finish("");
    }

    /** {@code more} are further members of the line, each behind a comma. */
    String finish(String more) throws IOException {
        double seconds = (System.nanoTime() - begin) / 1e9;
        double busy = Usage.machineBusy() - busyBefore;
        Usage client = Usage.of(ProcessHandle.current().pid());
        Usage server = Usage.of(options.serverPid());
        Arrays.sort(latencies, 0, count);
        double clientCpu = client.cpuSeconds() - clientBefore.cpuSeconds();
        double serverCpu = server.cpuSeconds() - serverBefore.cpuSeconds();
        long counted = (long) count * units;
        long operations = Math.max(counted, 1);
        return String.format(
                Locale.ROOT,
                "{\"label\":\"%s\",\"addr\":\"%s\",\"case\":\"%s\",\"sec\":%.3f,\"ops\":%d,\"per_s\":%.1f,\"mb_s\":%.2f,"
                        + "\"p50_us\":%.2f,\"p90_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,"
                        + "\"client_cpu_s\":%.2f,\"server_cpu_s\":%.2f,\"other_cpu_s\":%.2f,"
                        + "\"client_us_op\":%.3f,\"server_us_op\":%.3f,"
                        + "\"client_vcs\":%d,\"server_vcs\":%d,\"client_ivcs\":%d,\"server_ivcs\":%d,"
                        + "\"client_hwm_kb\":%d,\"server_hwm_kb\":%d,\"server_rss_kb\":%d%s}",
                options.label(),
                options.transport(),
                name,
                seconds,
                counted,
                counted / seconds,
                counted * unitBytes / seconds / 1e6,
                quantile(.5),
                quantile(.9),
                quantile(.99),
                quantile(.999),
                clientCpu,
                serverCpu,
                busy - clientCpu - serverCpu,
                clientCpu * 1e6 / operations,
                serverCpu * 1e6 / operations,
                client.switches() - clientBefore.switches(),
                server.switches() - serverBefore.switches(),
                client.preemptions() - clientBefore.preemptions(),
                server.preemptions() - serverBefore.preemptions(),
                client.peakKb(),
                server.peakKb(),
                server.residentKb(),
                more);
    }

    private double quantile(double q) {
        return count == 0 ? 0 : latencies[Math.min(count - 1, (int) (q * count))] / 1e3;
    }
}
