package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream as batches, and how far an attempt at the job has come in it. */
final class StreamPosition {
    private static final String LEARNERS = "learners.safetensors";
    private static final int SAVED_STATES = 10;

    private final JobContext job;
    private final List<int[]> tasks;
    private final List<Batch> batches;
    private final @Nullable Path folder;

    /**
     * Samples shown at once.
     *
     * @param task from 0
     * @param ends whether the task ends with it
     */
    record Batch(int task, int[] rows, boolean ends) {}

    private StreamPosition(JobContext job, List<int[]> tasks, List<Batch> batches, @Nullable Path folder) {
        this.job = job;
        this.tasks = tasks;
        this.batches = batches;
        this.folder = folder;
    }

    /** @param tasks rows in order, for each task */
    static StreamPosition of(JobContext job, List<int[]> tasks, int size) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (int task = 0; task < tasks.size(); task++) {
            int[] rows = tasks.get(task);
            for (int from = 0; from == 0 || from < rows.length; from += size) {
                int to = Math.min(from + size, rows.length);
                batches.add(new Batch(task, Arrays.copyOfRange(rows, from, to), to == rows.length));
            }
        }
        return new StreamPosition(job, tasks, batches, job.restore().orElse(null));
    }

    List<Batch> batches() {
        return batches;
    }

    /** All rows of a task. */
    int[] rowsOf(int task) {
        return tasks.get(task);
    }

    /** The sums as they were saved; empty at the beginning. */
    Optional<Saved> saved() throws IOException {
        return folder == null ? Optional.empty() : Optional.of(StateFile.read(folder));
    }

    /**
     * Puts all learners and their scores where they were.
     *
     * @return batches that they have seen
     */
    int restore(List<StreamScore> scores) throws IOException {
        if (folder == null) {
            return 0;
        }
        long done = state(scores).restore(folder.resolve(LEARNERS));
        job.log("continues after %d of %d batches".formatted(done, batches.size()));
        return Math.toIntExact(done);
    }

    /** Saves everything, ten times in a stream. */
    void offer(int done, Saved sums, List<StreamScore> scores) throws IOException {
        int every = Math.max(1, batches.size() / SAVED_STATES);
        if (done % every == 0
                && done < batches.size()
                && !sums.state().classes().isEmpty()) {
            job.checkpoint(target -> {
                StateFile.write(target, sums);
                state(scores).save(target.resolve(LEARNERS), done);
            });
        }
    }

    private static TrainingState state(List<StreamScore> scores) {
        TrainingState state = new TrainingState();
        for (StreamScore score : scores) {
            state.with(score.learner().name() + ".score", score);
            if (score.learner() instanceof TrainingState.Part part) {
                state.with(score.learner().name(), part);
            }
        }
        return state;
    }
}
