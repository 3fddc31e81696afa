package dev.capstan.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has used so far, out of /proc.
 *
 * @param cpuSeconds user and system time
 * @param peakKb largest resident size
 * @param residentKb resident size now
 * @param switches voluntary context switches of all threads
 * @param preemptions involuntary ones
 */
record Usage(double cpuSeconds, long peakKb, long residentKb, long switches, long preemptions) {
    /** Linux counts in hundredths of a second everywhere that matters. */
    private static final double TICKS = 100;

    static final Usage NOTHING = new Usage(0, 0, 0, 0, 0);

    static Usage of(long pid) throws IOException {
        if (pid == 0) {
            return NOTHING;
        }
        Path proc = Path.of("/proc", Long.toString(pid));
        double cpu = cpuSeconds(Files.readString(proc.resolve("stat")));
        List<String> status = Files.readAllLines(proc.resolve("status"));
        long voluntary = 0;
        long involuntary = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(proc.resolve("task"))) {
            for (Path task : tasks) {
                List<String> lines = Files.readAllLines(task.resolve("status"));
                voluntary += value(lines, "voluntary_ctxt_switches:");
                involuntary += value(lines, "nonvoluntary_ctxt_switches:");
            }
        }
        return new Usage(cpu, value(status, "VmHWM:"), value(status, "VmRSS:"), voluntary, involuntary);
    }

    /** User and system time out of the line that there is for a process, and for a thread. */
    static double cpuSeconds(String stat) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS;
    }

    /** CPU seconds that the whole machine was not idle. */
    static double machineBusy() throws IOException {
        List<String> fields =
                List.of(Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +", -1));
        long busy = 0;
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
            busy += Long.parseLong(fields.get(i));
        }
        return busy / TICKS;
    }

    private static long value(List<String> lines, String key) {
        for (String line : lines) {
            if (line.startsWith(key)) {
                return Long.parseLong(
                        line.substring(key.length()).replace("kB", "").trim());
            }
        }
        return 0;
    }
}
