package dev.steelyard.proof;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.JobEvent;
import dev.steelyard.cli.client.Problem;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** A line at each quarter of a job's way and one at its end. */
final class ProgressLines {
    private static final int STEPS = 4;

    private final String name;
    private final PrintStream out;
    private final long start = System.nanoTime();
    private int step;

    ProgressLines(Job job, PrintStream out) {
        this.name = job.method() + " seed " + job.seed() + " job " + shortId(job);
        this.out = out;
    }

    private static String shortId(Job job) {
        return job.id().substring(0, Math.min(8, job.id().length()));
    }

    void show(JobEvent event) {
        if (event instanceof JobEvent.Progressed(double fraction, String message)) {
            int reached = (int) Math.floor(fraction * STEPS);
            if (fraction > 0 && fraction < 1 && reached > step) {
                step = reached;
                line("%3.0f %%  %s".formatted(fraction * 100, message));
            }
        } else if (event instanceof JobEvent.Logged(String level, String message) && !level.equals("INFO")) {
            line(level.toLowerCase(Locale.ROOT) + ": " + message);
        }
    }

    void ended(Job job) {
        double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3;
        line(job.state()
                + job.problem().map(Problem::oneLine).map(text -> ": " + text).orElse("")
                + " in %.1f s".formatted(seconds));
    }

    private void line(String text) {
        out.println(name + "  " + text.strip());
    }
}
