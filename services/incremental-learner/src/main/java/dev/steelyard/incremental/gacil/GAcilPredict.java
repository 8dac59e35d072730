package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.features.Samples;
import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.linalg.NotPositiveDefiniteException;
import java.io.IOException;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Classifies samples with a state of {@link GAcil}; labels are the original ones. */
public final class GAcilPredict implements Method<GAcilPredictParams> {
    private static final int BATCH = 1024;
    private static final MethodSpec<GAcilPredictParams> SPEC = MethodSpec.of(
                    "g-acil-predict", "4", GAcilPredictParams.class)
            .summary("Classifies samples with what g-acil has learned.")
            .paper("GACL: Exemplar-Free Generalized Analytic Continual Learning", "arXiv:2403.15706")
            .description(
                    "Writes the class and its score for each sample, as JSON lines or Parquet, in the order of the data; "
                            + "with labels the accuracy too. Features must be of the kind that the state has learned from.")
            .input(Port.model("state", "state of a g-acil job"))
            .input(Port.dataset("data", "features, images or texts, with or without labels"))
            .input(Port.model("encoder", "the one the state has learned with, if any")
                    .optional())
            .output(Port.dataset("predictions", "predictions.jsonl or predictions.parquet: row, label, score"))
            .example("All", "{}")
            .build();

    @Override
    public MethodSpec<GAcilPredictParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(GAcilPredictParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        Torch.start(job.threads());
        Samples samples = Samples.readToPredict(job, params.encoder());
        job.checkCancelled();
        job.progress(0, "solving for the head");
        try (Saved saved = Learning.continued(job.input("state"), samples);
                Head head = saved.state().head(params.gamma() > 0 ? params.gamma() : saved.gamma())) {
            long right = write(params, job, samples, saved, head);
            Outputs outputs = Outputs.of("predictions").with("samples", samples.size());
            return samples.labels().isPresent() ? outputs.with("accuracy", (double) right / samples.size()) : outputs;
        } catch (NotPositiveDefiniteException e) {
            throw GAcil.tooSmall(e);
        }
    }

    private static long write(GAcilPredictParams params, JobContext job, Samples samples, Saved saved, Head head)
            throws IOException, InterruptedException {
        long right = 0;
        try (Predictions predictions =
                Predictions.create(job.output("predictions"), params.format(), saved.numbers())) {
            for (int from = 0; from < samples.size(); from += BATCH) {
                job.checkCancelled();
                int to = Math.min(from + BATCH, samples.size());
                right += block(samples, saved, head, from, to, predictions);
                job.progress((double) to / samples.size(), "%d of %d samples".formatted(to, samples.size()));
            }
            predictions.finish();
        }
        return right;
    }

    /** @return how many came out as they are labelled */
    private static long block(Samples samples, Saved saved, Head head, int from, int to, Predictions predictions)
            throws IOException {
        long right = 0;
        int classes = head.classes().size();
        try (var _ = TensorScope.open()) {
            Tensor h = saved.state()
                    .buffer()
                    .expand(samples.features(IntStream.range(from, to).toArray()));
            double[] scores = Tensors.toDoubles(head.scores(h));
            for (int row = from; row < to; row++) {
                int first = (row - from) * classes;
                int best = best(scores, first, classes);
                String name = head.classes().get(best);
                predictions.add(row, name, scores[first + best]);
                int at = row;
                right += samples.labels()
                                .filter(labels -> labels.name(at).equals(name))
                                .isPresent()
                        ? 1
                        : 0;
            }
        }
        return right;
    }

    private static int best(double[] scores, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = scores[from + i] > scores[from + best] ? i : best;
        }
        return best;
    }
}
