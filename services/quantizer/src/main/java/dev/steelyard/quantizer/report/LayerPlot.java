package dev.steelyard.quantizer.report;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.steelyard.quantizer.checkpoint.QuantizedMatrix;
import java.util.List;
import java.util.Locale;

/** A bar for each matrix: signal to noise above, bits per weight below. */
final class LayerPlot {
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 40;
    private static final int PANEL = 200;
    private static final int GAP = 56;
    private static final int LABELS = 190;
    private static final int MOST_LABELS = 120;
    private static final String STYLE = "text{font:12px sans-serif;fill:#333}.t{font-size:14px;font-weight:bold}"
            + ".g{stroke:#ddd}.s{fill:#3b6ea5}.b{fill:#c77f2e}.l{font-size:9px}";

    private final List<QuantizedMatrix> matrices;
    private final double step;
    private final StringBuilder svg = new StringBuilder();

    LayerPlot(List<QuantizedMatrix> matrices) {
        this.matrices = matrices;
        step = Math.clamp(1200.0 / matrices.size(), 3, 40);
    }

    String svg() {
        boolean labels = matrices.size() <= MOST_LABELS;
        double width = Math.max(360, LEFT + step * matrices.size() + RIGHT);
        int height = TOP + 2 * PANEL + GAP + (labels ? LABELS : 40);
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\">\n", width, height);
        add("<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", STYLE);
        double[] sqnr = matrices.stream()
                .mapToDouble(QuantizedMatrix::sqnr)
                .map(d -> Double.isFinite(d) ? d : 0)
                .toArray();
        double[] bits =
                matrices.stream().mapToDouble(m -> m.weight().bitsPerWeight()).toArray();
        panel("Signal to quantization noise, dB", "s", TOP, sqnr);
        panel("Bits per weight, scales included", "b", TOP + PANEL + GAP, bits);
        if (labels) {
            labels(TOP + 2 * PANEL + GAP + 8);
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(String title, String style, int top, double[] values) {
        double highest = 1;
        for (double value : values) {
            highest = Math.max(highest, value);
        }
        double tick = tick(highest);
        double scale = PANEL / (Math.ceil(highest / tick) * tick);
        add("<text class=\"t\" x=\"%d\" y=\"%d\">%s</text>\n", LEFT, top - 12, title);
        double right = LEFT + step * values.length;
        for (double y = 0; y * scale <= PANEL + 1e-9; y += tick) {
            double at = top + PANEL - y * scale;
            add("<line class=\"g\" x1=\"%d\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, right, at, at);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", LEFT - 6, at + 4, number(y));
        }
        for (int i = 0; i < values.length; i++) {
            double bar = Math.max(0, values[i]) * scale;
            double x = LEFT + (i + 0.1) * step;
            add("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" ", style, x, top + PANEL - bar);
            add("width=\"%.1f\" height=\"%.1f\">", step * 0.8, bar);
            add("<title>%s: %.2f</title></rect>\n", name(i), values[i]);
        }
    }

    private void labels(int top) {
        for (int i = 0; i < matrices.size(); i++) {
            double x = LEFT + (i + 0.5) * step + 3;
            add("<text class=\"l\" text-anchor=\"end\" transform=\"translate(%.1f %d) rotate(-60)\">", x, top);
            add("%s</text>\n", name(i));
        }
    }

    private String name(int i) {
        String module = matrices.get(i).weight().module();
        return module.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** 1, 2 or 5 times a power of ten, so that there are four to ten steps. */
    private static double tick(double highest) {
        double power = Math.pow(10, Math.floor(Math.log10(highest / 4)));
        for (double factor : new double[] {5, 2}) {
            if (factor * power <= highest / 4) {
                return factor * power;
            }
        }
        return power;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
    }

    @FormatMethod
    private void add(@FormatString String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
