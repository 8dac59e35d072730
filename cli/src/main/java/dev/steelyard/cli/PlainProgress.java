package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import java.util.Locale;
import java.util.function.Consumer;

/** A line now and then, for logs and pipes: at every new state, and each tenth of the way. */
final class PlainProgress implements ProgressView {
    private static final int STEPS = 10;

    private final Consumer<String> lines;
    private int step = -1;

    PlainProgress(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void state(Job.State state) {
        lines.accept(state.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void progress(double fraction, String message) {
        int reached = (int) Math.floor(fraction * STEPS);
        if (fraction >= 0 && reached > step) {
            step = reached;
            lines.accept("%3d%%  %s"
                    .formatted((int) Math.floor(fraction * 100), message)
                    .stripTrailing());
        }
    }

    @Override
    public void log(String level, String message) {
        lines.accept(logLine(level, message));
    }

    static String logLine(String level, String message) {
        return level.equals("INFO") ? message : level.toLowerCase(Locale.ROOT) + ": " + message;
    }

    @Override
    public void clear() {
        // every line stays
    }
}
