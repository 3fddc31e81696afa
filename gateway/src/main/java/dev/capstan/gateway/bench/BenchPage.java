package dev.capstan.gateway.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** A page about what was measured, with its plots inside: it loads nothing and runs nothing. */
final class BenchPage {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int LEFT = 70;
    private static final int BOTTOM = 30;
    /** Nines up to 99.999 %. */
    private static final double MOST_NINES = 5;

    private final BenchReport report;

    BenchPage(BenchReport report) {
        this.report = report;
    }

    private record Point(double x, double y) {}

    private record Line(String name, String color, List<Point> points) {}

    private record Tick(double at, String text) {}

    String text() {
        Histogram all = report.latencies();
        StringBuilder page = new StringBuilder("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>capstan bench</title>
                <style>
                body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#1b1f24;background:#fff}
                table{border-collapse:collapse}td,th{padding:.15em 1em .15em 0;text-align:right}th{font-weight:600}
                svg{width:100%;height:auto}text{font:12px system-ui,sans-serif;fill:currentColor}.grid{stroke:#8885;stroke-width:1}
                @media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#16191d}}
                </style></head><body>
                """);
        page.append("<h1>")
                .append(escaped(report.path()))
                .append("</h1>\n<p>at ")
                .append(escaped(report.url()));
        page.append(", ").append(escaped(report.how())).append("</p>\n");
        page.append(String.format(
                Locale.ROOT,
                "<p>%d calls in %.2f s: <b>%.0f/s</b>, %d failed</p>%n",
                all.getTotalCount(),
                report.seconds(),
                report.rate(),
                report.failed()));
        if (all.getTotalCount() > 0) {
            page.append("<table><tr>");
            for (double each : report.shownPercentiles()) {
                page.append("<th>").append(BenchReport.percentile(each)).append("</th>");
            }
            page.append("</tr><tr>");
            for (double each : report.shownPercentiles()) {
                page.append("<td>")
                        .append(BenchReport.millis((double) all.getValueAtPercentile(each)))
                        .append("</td>");
            }
            page.append("</tr></table>\n<h2>Latency by percentile</h2>\n").append(byPercentile(all));
            if (report.perSecond().size() > 1) {
                page.append("<h2>Latency by second</h2>\n").append(bySecond());
            }
        }
        return page.append("</body></html>\n").toString();
    }

    /** Nines to the right, evenly: what is rare has as much room as what is common. */
    private static String byPercentile(Histogram all) {
        List<Point> points = new ArrayList<>();
        double most = Math.min(MOST_NINES, Math.log10((double) Math.max(10, all.getTotalCount())));
        for (double nines = 0; nines <= most; nines += 0.05) {
            double percentile = 100 * (1 - Math.pow(10, -nines));
            points.add(new Point(nines, all.getValueAtPercentile(percentile) / 1e6));
        }
        List<Tick> ticks = new ArrayList<>();
        String[] names = {"0", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"};
        for (int nines = 0; nines <= most; nines++) {
            ticks.add(new Tick(nines, names[nines]));
        }
        return plot(List.of(new Line("latency", "#2f6fdf", points)), ticks, most);
    }

    private String bySecond() {
        List<Tick> ticks = new ArrayList<>();
        int seconds = report.perSecond().size();
        for (int at = 0; at < seconds; at += Math.max(1, seconds / 10)) {
            ticks.add(new Tick(at, at + " s"));
        }
        return plot(
                List.of(
                        new Line("p50", "#2f6fdf", series(each -> each.getValueAtPercentile(50))),
                        new Line("p99", "#d9622b", series(each -> each.getValueAtPercentile(99)))),
                ticks,
                seconds - 1.0);
    }

    private List<Point> series(ToDoubleFunction<Histogram> value) {
        List<Point> points = new ArrayList<>();
        for (int at = 0; at < report.perSecond().size(); at++) {
            points.add(new Point(at, value.applyAsDouble(report.perSecond().get(at)) / 1e6));
        }
        return points;
    }

    private static String plot(List<Line> lines, List<Tick> ticks, double widest) {
        double highest = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::y)
                .max()
                .orElse(1);
        double top = highest <= 0 ? 1 : highest * 1.05;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"latency in milliseconds\">%n",
                WIDTH,
                HEIGHT));
        for (int i = 0; i <= 4; i++) {
            double y = y(top * i / 4, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT,
                    WIDTH,
                    y,
                    y));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g ms</text>%n",
                    LEFT - 6,
                    y + 4,
                    top * i / 4));
        }
        for (Tick each : ticks) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(each.at(), widest),
                    HEIGHT - 8,
                    each.text()));
        }
        int legend = 0;
        for (Line line : lines) {
            svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                    .append(line.color())
                    .append("\" points=\"");
            for (Point each : line.points()) {
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(each.x(), widest), y(each.y(), top)));
            }
            svg.append("\"/>");
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"14\" style=\"fill:%s\">%s</text>%n",
                    LEFT + 8 + 60 * legend++,
                    line.color(),
                    line.name()));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double x(double value, double widest) {
        return LEFT + 20 + (WIDTH - LEFT - 60) * (widest <= 0 ? 0 : value / widest);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 20) * value / top;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
