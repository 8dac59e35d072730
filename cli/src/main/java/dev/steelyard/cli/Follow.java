package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.JobEvent;
import dev.steelyard.cli.client.Problem;
import dev.steelyard.cli.client.SteelyardClient;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows a job until it ends. Ctrl-C ends the showing, not the job. */
final class Follow {
    private final SteelyardClient client;
    private final Output output;

    Follow(SteelyardClient client, Output output) {
        this.client = client;
        this.output = output;
    }

    /** Returns the exit code: 0 when the job succeeded, 1 when not. */
    int toEnd(Job job) {
        ProgressView view = Terminal.isInteractive()
                ? new LiveProgress(output.writer(), Terminal.width())
                : new PlainProgress(output::note);
        AtomicBoolean ended = new AtomicBoolean(job.state().ended());
        Thread leaving = new Thread(() -> {
            if (!ended.get()) {
                view.clear();
                output.note("job " + job.id() + " runs on; `steelyard job " + job.id()
                        + "` shows it, `steelyard cancel " + job.id() + "` ends it");
            }
        });
        Runtime.getRuntime().addShutdownHook(leaving);
        try {
            Job end = job.state().ended() ? job : client.jobs().follow(job.id(), event -> show(view, event));
            ended.set(true);
            view.clear();
            return conclude(end);
        } finally {
            forget(leaving);
        }
    }

    private static void show(ProgressView view, JobEvent event) {
        switch (event) {
            case JobEvent.StateChanged(Job.State state) -> view.state(state);
            case JobEvent.Progressed(double fraction, String message) -> view.progress(fraction, message);
            case JobEvent.Logged(String level, String message) -> view.log(level, message);
            case JobEvent.Measured measured -> {
                // figures are for `steelyard job --metrics`
            }
        }
    }

    private int conclude(Job end) {
        if (output.isJson()) {
            output.json(end);
        } else {
            output.lines(JobView.conclusion(end));
        }
        if (end.state() == Job.State.SUCCEEDED) {
            return 0;
        }
        output.note("steelyard: job " + end.id() + " " + end.state()
                + end.problem().map(Problem::oneLine).map(line -> ": " + line).orElse(""));
        return 1;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Ctrl-C: the hook runs
        }
    }
}
