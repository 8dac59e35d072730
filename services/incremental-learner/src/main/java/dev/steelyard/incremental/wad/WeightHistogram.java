package dev.steelyard.incremental.wad;

import java.util.Locale;

/** How many images of the pool have which weight, as an SVG picture; those of unknown classes apart where it is told. */
final class WeightHistogram {
    static final int BINS = 40;

    private static final int BAR = 16;
    private static final int HEIGHT = 240;
    private static final int LEFT = 60;
    private static final int TOP = 40;

    private final double width;
    private final long[] known = new long[BINS];
    private final long[] unknown = new long[BINS];

    WeightHistogram(Pool pool, Truth truth) {
        double largest = 0;
        for (int i = pool.given(); i < pool.size(); i++) {
            largest = Math.max(largest, pool.weight(i));
        }
        width = largest == 0 ? 1.0 / BINS : largest / BINS;
        for (int i = pool.given(); i < pool.size(); i++) {
            int bin = Math.min(BINS - 1, (int) (pool.weight(i) / width));
            (truth.isUnknown(i) ? unknown : known)[bin]++;
        }
    }

    /** Width of a bin. */
    double width() {
        return width;
    }

    /** Images that are known, or of which nobody said. */
    long[] known() {
        return known.clone();
    }

    long[] unknown() {
        return unknown.clone();
    }

    String svg() {
        long most = 1;
        for (int bin = 0; bin < BINS; bin++) {
            most = Math.max(most, known[bin] + unknown[bin]);
        }
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
                        + "font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n"
                        + "<text x=\"%d\" y=\"24\" font-size=\"14\">Weights of the pool, %d images in the highest bar</text>%n",
                LEFT + BINS * BAR + 20,
                TOP + HEIGHT + 60,
                LEFT,
                most));
        for (int bin = 0; bin < BINS; bin++) {
            double of = (double) HEIGHT / most;
            bar(svg, bin, 0, known[bin] * of, "#3b6ea5");
            bar(svg, bin, known[bin] * of, unknown[bin] * of, "#c77f2e");
        }
        for (int tick = 0; tick <= BINS; tick += BINS / 4) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.3f</text>%n",
                    LEFT + tick * BAR,
                    TOP + HEIGHT + 18,
                    tick * width));
        }
        return svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%1$d\" y=\"%2$d\" fill=\"#3b6ea5\">known, or not told</text>"
                                + "<text x=\"%3$d\" y=\"%2$d\" fill=\"#c77f2e\">unknown</text>%n</svg>%n",
                        LEFT,
                        TOP + HEIGHT + 44,
                        LEFT + 160))
                .toString();
    }

    private static void bar(StringBuilder svg, int bin, double below, double height, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"/>%n",
                LEFT + bin * BAR + 1,
                TOP + HEIGHT - below - height,
                BAR - 2,
                height,
                colour));
    }
}
