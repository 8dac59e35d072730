package dev.steelyard.incremental.weightcompander;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ψ as an SVG picture, a panel for each weight: v across and w up, both in initial deviations, with the histogram of v
 * along the bottom and that of w along the left side.
 */
final class CompanderChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 320;
    private static final int LEFT = 60;
    private static final int TOP = 40;
    private static final int BAR = 110;
    private static final int PITCH = HEIGHT + TOP + 30;

    /**
     * One weight.
     *
     * @param a in initial deviations; NaN: there is no compander, and v is w
     * @param other histogram of w to compare with
     */
    record Panel(String title, double a, double b, Histogram w, Histogram v, Histogram other) {
        private double psi(double v) {
            return Double.isNaN(a) ? v : a * Math.atan(v / b);
        }
    }

    private final List<Panel> panels = new ArrayList<>();

    void with(Panel panel) {
        panels.add(panel);
    }

    String svg() {
        StringBuilder svg = new StringBuilder(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
                        + "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                LEFT + WIDTH + 30, PITCH * panels.size()));
        for (int i = 0; i < panels.size(); i++) {
            svg.append(format("<g transform=\"translate(%d %d)\">\n", LEFT, TOP + i * PITCH));
            draw(panels.get(i), svg);
            svg.append("</g>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(Panel panel, StringBuilder svg) {
        svg.append(format(
                "<text y=\"-14\" font-size=\"14\">%s</text>\n<rect width=\"%d\" height=\"%d\" fill=\"none\" "
                        + "stroke=\"#ddd\"/>\n",
                panel.title, WIDTH, HEIGHT));
        for (int tick = -6; tick <= 6; tick += 2) {
            svg.append(format("""
                    <text x="%.1f" y="%d" text-anchor="middle">%d σ</text>
                    <text x="-6" y="%.1f" text-anchor="end">%d σ</text>
                    """, across(tick), HEIGHT + 16, tick, up(tick) + 4, tick));
        }
        bars(panel, svg);
        outline(panel.other, svg);
        if (!Double.isNaN(panel.a)) {
            double bound = panel.a * Math.PI / 2;
            for (double y : new double[] {up(bound), up(-bound)}) {
                if (y >= 0 && y <= HEIGHT) {
                    svg.append(
                            format("<path d=\"M0 %.1fh%d\" stroke=\"#a34a6d\" stroke-dasharray=\"4 4\"/>\n", y, WIDTH));
                }
            }
        }
        svg.append("<polyline fill=\"none\" stroke=\"#a34a6d\" stroke-width=\"2\" points=\"");
        for (int i = 0; i <= Histogram.BINS; i++) {
            double v = (2.0 * i / Histogram.BINS - 1) * Histogram.EDGE;
            double y = up(panel.psi(v));
            if (y >= 0 && y <= HEIGHT) {
                svg.append(format("%.1f,%.1f ", across(v), y));
            }
        }
        svg.append("\"/>\n");
    }

    private static void bars(Panel panel, StringBuilder svg) {
        double[] v = panel.v.heights();
        double[] w = panel.w.heights();
        double wide = (double) WIDTH / Histogram.BINS;
        double high = (double) HEIGHT / Histogram.BINS;
        for (int i = 0; i < Histogram.BINS; i++) {
            svg.append(format("""
                    <path d="M%.2f %dv%.1fh%.2fV%dz" fill="#c77f2e" opacity="0.5"/>
                    <path d="M0 %.2fh%.1fv%.2fH0z" fill="#3b6ea5" opacity="0.5"/>
                    """, i * wide, HEIGHT, -BAR * v[i], wide, HEIGHT, HEIGHT - i * high, BAR * w[i], -high));
        }
    }

    private static void outline(Histogram histogram, StringBuilder svg) {
        double[] heights = histogram.heights();
        double high = (double) HEIGHT / Histogram.BINS;
        svg.append("<polyline fill=\"none\" stroke=\"#777\" points=\"");
        for (int i = 0; i < Histogram.BINS; i++) {
            svg.append(format("%.1f,%.2f ", BAR * heights[i], HEIGHT - (i + 0.5) * high));
        }
        svg.append("\"/>\n");
    }

    private static double across(double v) {
        return WIDTH * (v / Histogram.EDGE + 1) / 2;
    }

    private static double up(double w) {
        return HEIGHT * (1 - w / Histogram.EDGE) / 2;
    }

    @FormatMethod
    private static String format(@FormatString String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
