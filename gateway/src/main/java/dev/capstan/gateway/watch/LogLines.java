package dev.capstan.gateway.watch;

import dev.capstan.gateway.frames.Text;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Log records as lines of JSON: {@code time}, {@code level}, {@code logger}, {@code message}, {@code thread}, of failures {@code thrown} with the stack, and {@code trace_id} and {@code span_id} of the call for which they were
 * written, if {@link CallTraces} or anything else of OpenTelemetry knows one. For {@code java.util.logging}, through which {@link System.Logger} writes where nothing else was set up.
 */
public final class LogLines extends Formatter {
    /** Records of all loggers go to standard error as such lines, and nowhere else, from now on. */
    public static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler lines = new ConsoleHandler();
        lines.setFormatter(new LogLines());
        root.addHandler(lines);
    }

    @Override
    public String format(LogRecord record) {
        StringBuilder line = new StringBuilder(256).append("{\"time\":\"").append(record.getInstant());
        member(line.append('"'), "level", record.getLevel().getName().toLowerCase(Locale.ROOT));
        member(line, "logger", record.getLoggerName());
        member(line, "message", formatMessage(record));
        member(line, "thread", Thread.currentThread().getName());
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            member(line, "trace_id", span.getTraceId());
            member(line, "span_id", span.getSpanId());
        }
        if (record.getThrown() != null) {
            StringWriter stack = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(stack, true));
            member(line, "thrown", stack.toString());
        }
        return line.append("}\n").toString();
    }

    private static void member(StringBuilder line, String name, @Nullable String value) {
        line.append(",\"").append(name).append("\":").append(Text.json(value == null ? "" : value));
    }
}
