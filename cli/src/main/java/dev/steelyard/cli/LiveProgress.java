package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.render.ProgressBar;
import java.io.PrintWriter;

/** One line that is drawn over and over, with the log above it. */
final class LiveProgress implements ProgressView {
    private static final String START_AND_ERASE = "\r\u001b[K";

    private final PrintWriter terminal;
    private final int width;
    private String line = "";

    LiveProgress(PrintWriter terminal, int width) {
        this.terminal = terminal;
        this.width = width;
    }

    @Override
    public synchronized void state(Job.State state) {
        if (!state.ended()) {
            draw(ProgressBar.line(-1, state.name().toLowerCase(java.util.Locale.ROOT), width));
        }
    }

    @Override
    public synchronized void progress(double fraction, String message) {
        draw(ProgressBar.line(fraction, message, width));
    }

    @Override
    public synchronized void log(String level, String message) {
        terminal.print(START_AND_ERASE);
        terminal.println(PlainProgress.logLine(level, message));
        draw(line);
    }

    @Override
    public synchronized void clear() {
        terminal.print(START_AND_ERASE);
        terminal.flush();
        line = "";
    }

    private void draw(String next) {
        line = next;
        terminal.print(START_AND_ERASE + next);
        terminal.flush();
    }
}
