package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.dataset.Labels;
import dev.steelyard.incremental.features.Samples;
import dev.steelyard.incremental.gacil.Perceptron.Variant;
import dev.steelyard.incremental.gacil.SiBlurry.Stream;
import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.incremental.gacil.StreamPosition.Batch;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Learns a Si-Blurry stream cut from a data set, beside baselines on the same features, and measures on the way. */
final class StreamBenchmark {
    private static final int BATCH = 64;

    private final GAcilParams params;
    private final JobContext job;
    private final Torch engine;

    StreamBenchmark(GAcilParams params, JobContext job, Torch engine) {
        this.params = params;
        this.job = job;
        this.engine = engine;
    }

    Outputs run() throws MethodException, IOException, InterruptedException {
        if (job.optionalInput("state").isPresent()) {
            throw MethodException.parameter("/mode", "stream-benchmark begins with nothing: leave the input state out");
        }
        Samples samples = Samples.read(job, params.encoder());
        Labels labels = samples.requireLabels();
        Cut cut = cut(samples);
        int[] train = cut.train;
        int[] test = cut.test;
        Stream stream = new SiBlurry(params.tasks(), params.disjoint(), params.blurry())
                .cut(labels.ids(train), labels.classes().size(), job.random("stream"));
        List<int[]> tasks = stream.tasks().stream()
                .map(task -> Arrays.stream(task).map(at -> train[at]).toArray())
                .toList();
        if (test.length == 0 || tasks.stream().mapToInt(task -> task.length).sum() == 0) {
            throw MethodException.input("data: %d samples of %d classes leave nothing to learn or to test with"
                    .formatted(samples.size(), labels.classes().size()));
        }
        logDropped(stream, labels);
        StreamPosition position = StreamPosition.of(job, tasks, BATCH);
        Optional<Saved> before = position.saved();
        try (var saved = before.isPresent() ? before.get() : Learning.fresh(params, job, samples)) {
            List<StreamScore> scores = scores(saved, samples, labels, test);
            try {
                learn(position, saved, scores, labels);
                return write(saved, scores, stream, labels);
            } finally {
                scores.forEach(score -> score.learner().close());
            }
        }
    }

    /** Rows to learn, in random order, and to test with. */
    private record Cut(int[] train, int[] test) {}

    /** By the data's own test part, or else by random. */
    private Cut cut(Samples samples) {
        int own = samples.size() - samples.tested();
        List<Integer> shuffled = new ArrayList<>(IntStream.range(0, own).boxed().toList());
        Collections.shuffle(shuffled, Random.from(job.random("split")));
        if (samples.tested() > 0) {
            return new Cut(rows(shuffled), IntStream.range(own, samples.size()).toArray());
        }
        int tested = (int) (own * params.testShare());
        return new Cut(rows(shuffled.subList(tested, own)), rows(shuffled.subList(0, tested)));
    }

    private void logDropped(Stream stream, Labels labels) {
        if (!stream.dropped().isEmpty()) {
            List<String> names = stream.dropped().stream()
                    .map(label -> labels.classes().get(label))
                    .toList();
            job.log("warning: %d of %d classes are left out, since both kinds are rounded down to multiples of %d: %s"
                    .formatted(names.size(), labels.classes().size(), params.tasks(), String.join(", ", names)));
        }
    }

    private List<StreamScore> scores(Saved saved, Samples samples, Labels labels, int[] test) {
        List<StreamScore> scores = new ArrayList<>();
        scores.add(
                new StreamScore(job, new AnalyticLearner(saved.state(), samples, labels, saved.gamma()), labels, test));
        if (params.baselines()) {
            for (Variant variant : Variant.values()) {
                var perceptron = new Perceptron(job, engine, variant, samples, labels, params.ewc());
                scores.add(new StreamScore(job, perceptron, labels, test));
            }
        }
        return scores;
    }

    private void learn(StreamPosition position, Saved sums, List<StreamScore> scores, Labels labels)
            throws IOException, InterruptedException {
        List<Batch> batches = position.batches();
        boolean[] seen = new boolean[labels.classes().size()];
        long all = batches.stream().mapToLong(batch -> batch.rows().length).sum();
        long shown = 0;
        int done = position.restore(scores);
        for (int at = 0; at < batches.size(); at++) {
            Batch batch = batches.get(at);
            for (int row : batch.rows()) {
                seen[labels.id(row)] = true;
            }
            long before = shown;
            shown += batch.rows().length;
            if (at < done) {
                continue;
            }
            job.checkCancelled();
            double fraction = Results.LEARNED * shown / all;
            String task = "task %d of %d".formatted(batch.task() + 1, params.tasks());
            show(batch, scores);
            if (before / params.evaluateEvery() != shown / params.evaluateEvery()) {
                job.progress(fraction, task + ": measuring after %d samples".formatted(shown));
                measure(scores, shown, seen);
            }
            if (batch.ends()) {
                job.progress(fraction, task + ": measuring at its end");
                int[] rows = position.rowsOf(batch.task());
                for (StreamScore score : scores) {
                    score.learner().endTask(rows);
                    score.endTask(seen);
                }
            }
            job.progress(fraction, task);
            position.offer(at + 1, sums, scores);
        }
    }

    private static void show(Batch batch, List<StreamScore> scores) {
        for (StreamScore score : scores) {
            if (batch.rows().length > 0) {
                score.learner().learn(batch.rows());
            }
        }
    }

    private void measure(List<StreamScore> scores, long shown, boolean[] seen) throws InterruptedException {
        for (StreamScore score : scores) {
            job.metric(score.learner().name() + "/accuracy", shown, score.measure(shown, seen));
        }
    }

    private Outputs write(Saved saved, List<StreamScore> scores, Stream stream, Labels labels)
            throws IOException, InterruptedException {
        ObjectNode report = Results.JSON.createObjectNode();
        ArrayNode sizes = report.putArray("taskSizes");
        stream.tasks().forEach(task -> sizes.add(task.length));
        ArrayNode dropped = report.putArray("droppedClasses");
        stream.dropped().forEach(label -> dropped.add(labels.classes().get(label)));
        ArrayNode learners = report.putArray("learners");
        LineChart chart = new LineChart("Accuracy on classes seen so far, by samples shown");
        for (StreamScore score : scores) {
            learners.add(score.describe());
            chart.with(score.learner().name(), score.curve());
        }
        Files.writeString(job.output("report").resolve("accuracy.svg"), chart.svg());
        Outputs outputs = new Results(params, job).write(saved, report);
        for (StreamScore score : scores) {
            outputs = outputs.with(score.learner().name() + " A_AUC", score.auc())
                    .with(score.learner().name() + " A_last", score.accuracyAtEnd());
        }
        return outputs;
    }

    private static int[] rows(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
