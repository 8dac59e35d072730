package dev.steelyard.incremental.training;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves over steps as an SVG picture, one colour each. */
public final class LineChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 320;
    private static final int LEFT = 76;
    private static final int TOP = 40;
    private static final int LEGEND = 18;
    private static final String[] COLOURS = {
        "#3b6ea5", "#c77f2e", "#4f8a4c", "#a34a6d", "#6c5b9e", "#8a7a2f", "#2f8a8a", "#777777"
    };

    private final String title;
    private final List<Curve> curves = new ArrayList<>();

    /**
     * A point.
     *
     * @param step across
     * @param value up
     */
    public record Point(double step, double value) {}

    private record Curve(String name, List<Point> points) {}

    public LineChart(String title) {
        this.title = title;
    }

    public LineChart with(String name, List<Point> points) {
        curves.add(new Curve(
                name, points.stream().filter(p -> Double.isFinite(p.value())).toList()));
        return this;
    }

    public String svg() {
        List<Point> all = curves.stream().flatMap(c -> c.points().stream()).toList();
        double right = all.stream().mapToDouble(Point::step).max().orElse(1);
        double low = all.stream().mapToDouble(Point::value).min().orElse(0);
        double high = all.stream().mapToDouble(Point::value).max().orElse(1);
        double span = high > low ? high - low : 1;
        StringBuilder svg = new StringBuilder();
        int height = TOP + HEIGHT + 40 + LEGEND * curves.size();
        svg.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
                        + "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                        + "<text x=\"%d\" y=\"24\" font-size=\"14\">%s</text>\n",
                LEFT + WIDTH + 24, height, LEFT, escape(title)));
        for (int i = 0; i <= 4; i++) {
            double y = TOP + HEIGHT * (1 - i / 4.0);
            svg.append(format(
                    "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n",
                    LEFT, y, WIDTH, LEFT - 6, y + 4, low + span * i / 4));
        }
        svg.append(format("<text x=\"%d\" y=\"%d\">step %.0f</text>\n", LEFT + WIDTH - 60, TOP + HEIGHT + 18, right));
        for (int i = 0; i < curves.size(); i++) {
            String colour = COLOURS[i % COLOURS.length];
            svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" points=\"");
            for (Point p : curves.get(i).points()) {
                svg.append(format(
                        "%.1f,%.1f ",
                        LEFT + WIDTH * p.step() / Math.max(1, right), TOP + HEIGHT * (1 - (p.value() - low) / span)));
            }
            svg.append(format(
                    "\"/>\n<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n",
                    LEFT,
                    TOP + HEIGHT + 36 + LEGEND * i,
                    colour,
                    escape(curves.get(i).name())));
        }
        return svg.append("</svg>\n").toString();
    }

    @FormatMethod
    private static String format(@FormatString String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
