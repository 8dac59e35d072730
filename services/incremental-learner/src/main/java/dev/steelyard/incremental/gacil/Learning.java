package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** Adds the samples of a data set to a state, or takes them off. */
final class Learning {
    private static final String POSITION = "rows.txt";
    private static final int BLOCKS_A_CHECKPOINT = 50;
    private static final double FIRST_GAMMA = 1;

    private final GAcilParams params;
    private final JobContext job;

    Learning(GAcilParams params, JobContext job) {
        this.params = params;
        this.job = job;
    }

    Outputs learn() throws MethodException, IOException, InterruptedException {
        Samples samples = Samples.readToLearn(job, params.encoder());
        Labels labels = samples.requireLabels();
        Optional<Path> earlier = job.optionalInput("state");
        try (Saved saved = earlier.isPresent() ? continued(earlier.get(), samples) : fresh(params, job, samples)) {
            if (!saved.state().classes().isEmpty() && saved.numbers() != labels.numbers()) {
                throw MethodException.input("data: labels are %s, those of the state are %s"
                        .formatted(kind(labels.numbers()), kind(saved.numbers())));
            }
            try (var _ = TensorScope.open()) {
                Gains gains = Gains.before(saved.state());
                try (Saved learned = addAll(saved, samples, labels)) {
                    ObjectNode report = Results.JSON.createObjectNode();
                    Saved solved = learned.with(gamma(learned, samples, labels, report));
                    job.checkCancelled();
                    job.progress(Results.LEARNED, "solving for what was added to the head");
                    gains.describe(solved, report);
                    report.put("samples", samples.size());
                    return new Results(params, job)
                            .write(solved, report)
                            .with("samples", samples.size())
                            .with("gamma", solved.gamma());
                }
            }
        }
    }

    /** γ as it was asked for. */
    private double gamma(Saved learned, Samples samples, Labels labels, ObjectNode report)
            throws MethodException, InterruptedException {
        if (!params.autoGamma()) {
            return params.gammaOr(learned.gamma());
        }
        List<GammaChoice.Candidate> candidates =
                new GammaChoice(learned.state(), samples, labels, job.random("fold")).measure(job);
        GammaChoice.describe(candidates, report.putArray("gammaChoice"));
        GammaChoice.Candidate best = GammaChoice.best(candidates);
        job.log("gamma %s: accuracy %.4f on the samples held out".formatted(best.gamma(), best.accuracy()));
        return best.gamma();
    }

    Outputs unlearn() throws MethodException, IOException, InterruptedException {
        Samples samples = Samples.readToLearn(job, params.encoder());
        Labels labels = samples.requireLabels();
        Path earlier = job.optionalInput("state")
                .orElseThrow(() -> MethodException.parameter("/mode", "unlearn needs the input state"));
        try (Saved saved = continued(earlier, samples)) {
            requireLearned(saved.state(), labels);
            add(saved, samples, labels, 0, -1);
            ObjectNode report = Results.JSON.createObjectNode().put("unlearned", samples.size());
            return new Results(params, job)
                    .write(saved.with(params.gammaOr(saved.gamma())), report)
                    .with("unlearned", samples.size());
        }
    }

    /** A state that has learned nothing. */
    static Saved fresh(GAcilParams params, JobContext job, Samples samples) throws MethodException {
        int features = samples.values().columns();
        RandomBuffer.requireRoom(features, params.expansion());
        RandomBuffer buffer = RandomBuffer.draw(features, params.expansion(), job.random("expansion"));
        return new Saved(
                new AnalyticState(buffer),
                samples.origin(),
                samples.requireLabels().numbers(),
                params.gammaOr(FIRST_GAMMA));
    }

    /** The earlier state, if the samples are of its kind. */
    static Saved continued(Path folder, Samples samples) throws MethodException, IOException {
        Saved saved = StateFile.read(folder);
        int expected = saved.state().buffer().features();
        if (!saved.origin().equals(samples.origin())
                || expected != samples.values().columns()) {
            saved.close();
            throw MethodException.input("data: features are '%s' (%d), the state has learned from '%s' (%d)"
                    .formatted(samples.origin(), samples.values().columns(), saved.origin(), expected));
        }
        return saved;
    }

    /** Learns what is not yet in the newest checkpoint. */
    private Saved addAll(Saved start, Samples samples, Labels labels) throws IOException, InterruptedException {
        Optional<Path> checkpoint = job.restore();
        if (checkpoint.isEmpty()) {
            add(start, samples, labels, 0, 1);
            return start;
        }
        int done = Integer.parseInt(
                Files.readString(checkpoint.get().resolve(POSITION)).strip());
        job.log("resumed after %d of %d samples".formatted(done, samples.size()));
        Saved resumed = StateFile.read(checkpoint.get()).with(start.gamma());
        try {
            add(resumed, samples, labels, done, 1);
            return resumed;
        } catch (IOException | InterruptedException | RuntimeException e) {
            resumed.close();
            throw e;
        }
    }

    private void add(Saved into, Samples samples, Labels labels, int first, int sign)
            throws IOException, InterruptedException {
        int blocks = 0;
        for (int from = first; from < samples.size(); from += params.batch()) {
            job.checkCancelled();
            int to = Math.min(from + params.batch(), samples.size());
            int[] rows = IntStream.range(from, to).toArray();
            try (var _ = TensorScope.open()) {
                into.state().add(samples.features(rows), Samples.names(labels, rows), sign);
            }
            job.progress(Results.LEARNED * to / samples.size(), "%d of %d samples".formatted(to, samples.size()));
            job.metric("samples", to, to);
            if (sign > 0 && ++blocks % BLOCKS_A_CHECKPOINT == 0 && to < samples.size()) {
                checkpoint(into, to);
            }
        }
    }

    private void checkpoint(Saved saved, int done) throws IOException {
        job.checkpoint(folder -> {
            StateFile.write(folder, saved);
            Files.writeString(folder.resolve(POSITION), String.valueOf(done));
        });
    }

    private static void requireLearned(AnalyticState state, Labels labels) throws MethodException {
        Map<String, Long> asked = new HashMap<>();
        for (int row = 0; row < labels.size(); row++) {
            String name = labels.name(row);
            if (asked.merge(name, 1L, Long::sum) > state.count(name)) {
                throw MethodException.input("data: row %d: more samples of class '%s' than the %d that were learned"
                        .formatted(row, name, state.count(name)));
            }
        }
        if (state.classes().stream().allMatch(name -> asked.getOrDefault(name, 0L) == state.count(name))) {
            throw MethodException.input("data: holds all that the state has learned, and no class would be left;"
                    + " to begin anew, learn without the input state");
        }
    }

    private static String kind(boolean numbers) {
        return numbers ? "whole numbers" : "text";
    }
}
