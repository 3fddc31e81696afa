package dev.capstan.capnweb;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged as a warning under a name, while this is open. */
public final class LogTap implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Of the class whose name the logger has. */
    public LogTap(String name) {
        this.logger = Logger.getLogger(name);
        logger.addHandler(handler);
    }

    private synchronized void add(String line) {
        lines.add(line);
    }

    /** What was logged since this was asked last. */
    public synchronized List<String> lines() {
        List<String> all = List.copyOf(lines);
        lines.clear();
        return all;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
