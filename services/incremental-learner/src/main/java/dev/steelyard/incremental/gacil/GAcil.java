package dev.steelyard.incremental.gacil;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.linalg.NotPositiveDefiniteException;
import java.io.IOException;

/**
 * Learns classes from any stream of labelled batches without gradients and without keeping samples, and ends where one
 * joint ridge regression on all of them would end. Zhuang and others, "GACL: Exemplar-Free Generalized Analytic
 * Continual Learning", NeurIPS 2024, arXiv:2403.15706.
 */
public final class GAcil implements Method<GAcilParams> {
    private static final double LEAST_GAMMA = 1e-6;

    static final MethodSpec<GAcilParams> SPEC = MethodSpec.of("g-acil", "4", GAcilParams.class)
            .summary("Learns new and old classes from any stream of batches, exactly as if all had come at once.")
            .paper("GACL: Exemplar-Free Generalized Analytic Continual Learning", "arXiv:2403.15706")
            .description("""
                    Features x of a frozen encoder are expanded to h = relu(x W_E) with a random W_E; the head is \
                    W = (Σ HᵀH + γI)⁻¹ Σ HᵀY. Both sums are the state: they are continued by later jobs, added to merge \
                    what was learned apart, and subtracted from to unlearn samples exactly. No sample is stored, and \
                    the order of tasks does not matter.

                    Data are feature vectors, images (through an image classifier, or by their pixels) or \
                    texts (through a sentence encoder). \
                    Takes 8 M² bytes for the sums, as much again for a moment to solve, and 4 to 8 bytes for each \
                    feature. A job that was interrupted continues from the blocks it had learned and ends with the same bits.

                    The sums of a class hold the sum of its expanded features: this is no differential privacy.""")
            .input(Port.dataset("data", "labelled features, images or texts; all modes but merge")
                    .optional())
            .input(Port.model(
                            "encoder",
                            "sentence encoder for texts, image classifier of adamp, wad or weight-compander for images")
                    .optional())
            .input(Port.model("state", "state of an earlier job to continue, unlearn from or merge")
                    .optional())
            .input(Port.model("other", "the second state, to merge").optional())
            .output(Port.model("state", "state.safetensors: the sums, the random buffer and the classes"))
            .output(Port.model(
                    "head", "model.safetensors and config.json: two linear layers without bias, ReLU between"))
            .output(Port.report("report", "what was learned, and how well the stream was"))
            .example("Learn", "{}")
            .example("Learn, with the best of 25 gammas", "{\"autoGamma\": true}")
            .example("Unlearn", "{\"mode\": \"unlearn\"}")
            .example(
                    "A stream of five tasks beside its baselines",
                    "{\"mode\": \"stream-benchmark\", \"expansion\": 2000}")
            .build();

    @Override
    public MethodSpec<GAcilParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(GAcilParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        check(params);
        Torch engine = Torch.start(job.threads());
        try {
            return switch (params.mode()) {
                case "learn" -> new Learning(params, job).learn();
                case "unlearn" -> new Learning(params, job).unlearn();
                case "merge" -> new Merging(params, job).run();
                default -> new StreamBenchmark(params, job, engine).run();
            };
        } catch (NotPositiveDefiniteException e) {
            throw tooSmall(e);
        }
    }

    /** What a γ that leaves the sums singular is refused with. */
    static MethodException tooSmall(NotPositiveDefiniteException e) {
        return MethodException.parameter("/gamma", "is too small for these sums: " + e.getMessage());
    }

    private static void check(GAcilParams params) throws MethodException {
        if (params.autoGamma() && !params.mode().equals("learn")) {
            throw MethodException.parameter("/autoGamma", "is for mode learn");
        }
        if (params.gamma() > 0 && params.gamma() < LEAST_GAMMA) {
            throw MethodException.parameter("/gamma", "expected 0, or 1e-6 to 1e6, found %s".formatted(params.gamma()));
        }
    }
}
