package dev.steelyard.cli.render;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Sizes, times and ids in the form people read. */
public final class Text {
    private static final int ID_DIGITS = 12;
    private static final int KILO = 1000;
    private static final String PREFIX = "sha256:";

    private Text() {}

    /** "sha256:0123456789ab" of an artifact id, the first twelve characters of any other. */
    public static String shortId(String id) {
        int start = id.startsWith(PREFIX) ? PREFIX.length() : 0;
        return id.substring(0, Math.min(id.length(), start + ID_DIGITS));
    }

    /** "90.9 MB"; powers of 1000. */
    public static String size(long bytes) {
        if (bytes < KILO) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "B";
        for (String next : new String[] {"kB", "MB", "GB", "TB"}) {
            if (value < KILO) {
                break;
            }
            value /= KILO;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }

    /** "850 ms", "12.3 s", "4 min 05 s" or "2 h 07 min". */
    public static String duration(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 1) {
            return time.toMillis() + " ms";
        }
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
    }

    /** "2026-01-31T12:00:00Z", or nothing. */
    public static String time(Optional<Instant> time) {
        return time.map(at -> at.truncatedTo(ChronoUnit.SECONDS))
                .map(Instant::toString)
                .orElse("");
    }

    /** The text in one line of at most {@code width} characters, with "…" where it was cut. */
    public static String shorten(String text, int width) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= width ? line : line.substring(0, Math.max(0, width - 1)) + "…";
    }
}
