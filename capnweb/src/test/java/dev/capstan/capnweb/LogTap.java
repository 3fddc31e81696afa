package dev.capstan.capnweb;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged as a warning under a name, while this is open. */
public final class LogTap extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines = new ArrayList<>();

    /** Of the class whose name the logger has. */
    public LogTap(String name) {
        this.logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** What was logged since this was asked last. */
    public synchronized List<String> lines() {
        List<String> all = List.copyOf(lines);
        lines.clear();
        return all;
    }

    @Override
    public synchronized void publish(LogRecord line) {
        if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
            lines.add(line.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
