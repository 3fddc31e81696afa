package dev.capstan.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the processes that take part use of the processor, each as a whole and its busiest thread, between two moments. */
final class Processes {
    private final Map<String, Long> ids;
    private final Map<String, Map<String, Double>> before = new HashMap<>();
    private long beganNanos;

    /** @param ids by the names that they are called by */
    Processes(Map<String, Long> ids) {
        this.ids = ids;
    }

    /** @param text {@code name=id,name=id}; this process comes first, as {@code client} */
    static Processes parse(String text) {
        Map<String, Long> ids = new LinkedHashMap<>();
        ids.put("client", ProcessHandle.current().pid());
        for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = each.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + each + "' is no name=id");
            }
            ids.put(each.substring(0, equals), Long.parseLong(each.substring(equals + 1)));
        }
        return new Processes(ids);
    }

    void start() throws IOException {
        for (Map.Entry<String, Long> each : ids.entrySet()) {
            before.put(each.getKey(), threads(each.getValue()));
        }
        beganNanos = System.nanoTime();
    }

    /** Cores that each has used since {@link #start}, as a member of a JSON object. */
    String finish() throws IOException {
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        StringBuilder text = new StringBuilder(",\"cores\":{");
        String comma = "";
        for (Map.Entry<String, Long> each : ids.entrySet()) {
            Map<String, Double> then = before.getOrDefault(each.getKey(), Map.of());
            double all = 0;
            double most = 0;
            String busiest = "";
            for (Map.Entry<String, Double> thread : threads(each.getValue()).entrySet()) {
                double used = (thread.getValue() - then.getOrDefault(thread.getKey(), 0.0)) / seconds;
                all += used;
                if (used > most) {
                    most = used;
                    busiest = thread.getKey().substring(thread.getKey().indexOf(' ') + 1);
                }
            }
            text.append(String.format(
                    Locale.ROOT,
                    "%s\"%s\":{\"all\":%.3f,\"thread\":\"%s\",\"most\":%.3f}",
                    comma,
                    each.getKey(),
                    all,
                    busiest,
                    most));
            comma = ",";
        }
        return text.append('}').toString();
    }

    /** CPU seconds by id and name of the thread. */
    private static Map<String, Double> threads(long pid) throws IOException {
        Map<String, Double> threads = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks) {
                String stat;
                try {
                    stat = Files.readString(task.resolve("stat"));
                } catch (IOException e) {
                    continue; // It has ended, before the file was opened or after.
                }
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                threads.put(task.getFileName() + " " + name, Usage.cpuSeconds(stat));
            }
        }
        return threads;
    }
}
