package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/** Adds the samples of a data set to a state, or takes them off. */
final class Learning {
    private static final String POSITION = "rows.txt";
    private static final int BLOCKS_A_CHECKPOINT = 50;

    private final GAcilParams params;
    private final JobContext job;

    Learning(GAcilParams params, JobContext job) {
        this.params = params;
        this.job = job;
    }

    Outputs learn() throws MethodException, IOException, InterruptedException {
        Samples samples = Samples.read(job);
        Labels labels = samples.requireLabels();
        Optional<Path> earlier = job.optionalInput("state");
        try (Saved saved = earlier.isPresent() ? continued(earlier.get(), samples) : fresh(samples)) {
            if (!saved.state().classes().isEmpty() && saved.numbers() != labels.numbers()) {
                throw MethodException.input("data: labels are %s, those of the state are %s"
                        .formatted(kind(labels.numbers()), kind(saved.numbers())));
            }
            Map<String, Long> before = counts(saved.state());
            try (var _ = TensorScope.open()) {
                Tensor sumsBefore = saved.state().sums().clone();
                try (Saved learned = addAll(saved, samples, labels)) {
                    ObjectNode report = gains(learned.state(), sumsBefore, before);
                    report.put("samples", samples.size());
                    return new Results(params, job).write(learned, report).with("samples", samples.size());
                }
            }
        }
    }

    Outputs unlearn() throws MethodException, IOException, InterruptedException {
        Samples samples = Samples.read(job);
        Labels labels = samples.requireLabels();
        Path earlier = job.optionalInput("state")
                .orElseThrow(() -> MethodException.parameter("/mode", "unlearn needs the input state"));
        try (Saved saved = continued(earlier, samples)) {
            requireLearned(saved.state(), labels);
            add(saved.state(), samples, labels, 0, -1);
            ObjectNode report = Results.JSON.createObjectNode().put("unlearned", samples.size());
            return new Results(params, job)
                    .write(saved.with(params.gamma()), report)
                    .with("unlearned", samples.size());
        }
    }

    private Saved fresh(Samples samples) throws MethodException {
        int features = samples.values().columns();
        if ((long) features * params.expansion() > Integer.MAX_VALUE - 8) {
            throw MethodException.parameter(
                    "/expansion", "%d × %d is more than the buffer can hold".formatted(features, params.expansion()));
        }
        RandomBuffer buffer = RandomBuffer.draw(features, params.expansion(), job.random("expansion"));
        return new Saved(
                new AnalyticState(buffer),
                samples.origin(),
                samples.requireLabels().numbers(),
                params.gamma());
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
            add(start.state(), samples, labels, 0, 1);
            return start.with(params.gamma());
        }
        int done = Integer.parseInt(
                Files.readString(checkpoint.get().resolve(POSITION)).strip());
        job.log("resumed after %d of %d samples".formatted(done, samples.size()));
        Saved resumed = StateFile.read(checkpoint.get());
        try {
            add(resumed.state(), samples, labels, done, 1);
            return resumed.with(params.gamma());
        } catch (IOException | InterruptedException | RuntimeException e) {
            resumed.close();
            throw e;
        }
    }

    private void add(AnalyticState state, Samples samples, Labels labels, int first, int sign)
            throws IOException, InterruptedException {
        int blocks = 0;
        for (int from = first; from < samples.size(); from += params.batch()) {
            job.checkCancelled();
            int to = Math.min(from + params.batch(), samples.size());
            int[] rows = IntStream.range(from, to).toArray();
            try (var _ = TensorScope.open()) {
                state.add(samples.features(rows), Samples.names(labels, rows), sign);
            }
            job.progress((double) to / samples.size(), "%d of %d samples".formatted(to, samples.size()));
            job.metric("samples", to, to);
            if (sign > 0 && ++blocks % BLOCKS_A_CHECKPOINT == 0 && to < samples.size()) {
                checkpoint(state, samples, labels, to);
            }
        }
    }

    private void checkpoint(AnalyticState state, Samples samples, Labels labels, int done) throws IOException {
        job.checkpoint(folder -> {
            StateFile.write(folder, new Saved(state, samples.origin(), labels.numbers(), params.gamma()));
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
    }

    /**
     * The two parts of what a task adds to the head: ‖R HᵀȲ‖ of classes seen before (the exposed class label gain) and
     * ‖R HᵀỸ‖ of new ones.
     */
    private ObjectNode gains(AnalyticState state, Tensor sumsBefore, Map<String, Long> before) {
        Set<Integer> exposed = new LinkedHashSet<>();
        Set<Integer> unexposed = new LinkedHashSet<>();
        for (String name : state.classes()) {
            if (state.count(name) > before.getOrDefault(name, 0L)) {
                (before.getOrDefault(name, 0L) > 0 ? exposed : unexposed).add(state.column(name));
            }
        }
        ObjectNode report = Results.JSON.createObjectNode();
        report.put("exposedClasses", exposed.size());
        report.put("newClasses", unexposed.size());
        try (var _ = TensorScope.open()) {
            Tensor delta = state.sums().clone();
            delta.narrow(0, 0, sumsBefore.size(0)).sub_(sumsBefore);
            report.put("exposedClassLabelGain", norm(state, delta, exposed));
            report.put("newClassLabelGain", norm(state, delta, unexposed));
        }
        return report;
    }

    private double norm(AnalyticState state, Tensor delta, Set<Integer> columns) {
        if (columns.isEmpty()) {
            return 0;
        }
        long[] rows = columns.stream().mapToLong(Integer::longValue).toArray();
        return state.solvedNorm(delta.index_select(0, Tensors.of(rows, rows.length)), params.gamma());
    }

    private static Map<String, Long> counts(AnalyticState state) {
        Map<String, Long> counts = new HashMap<>();
        state.classes().forEach(name -> counts.put(name, state.count(name)));
        return counts;
    }

    private static String kind(boolean numbers) {
        return numbers ? "whole numbers" : "text";
    }
}
