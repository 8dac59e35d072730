package dev.steelyard.cli.render;

/** One line that shows how far a job is. */
public final class ProgressBar {
    private static final int CELLS = 24;
    private static final int LEAST_MESSAGE = 8;

    private ProgressBar() {}

    /**
     * The line, at most {@code width} characters.
     *
     * @param fraction 0 to 1; below 0 when unknown
     */
    public static String line(double fraction, String message, int width) {
        String bar = fraction < 0 ? " ".repeat(CELLS) : bar(Math.min(1, fraction));
        String percent = fraction < 0 ? "   ?" : "%3d%%".formatted((int) Math.floor(Math.min(1, fraction) * 100));
        String line = "[" + bar + "] " + percent + "  ";
        int room = Math.max(LEAST_MESSAGE, width - line.length());
        return (line + Text.shorten(message, room)).stripTrailing();
    }

    private static String bar(double fraction) {
        int full = (int) Math.floor(fraction * CELLS);
        return "█".repeat(full) + "░".repeat(CELLS - full);
    }
}
