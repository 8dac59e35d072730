package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.UnfitWeightException;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains all of a model's weights with the optimizer memory of a small adapter: row norms apart from directions, the
 * directions' gradient projected to a low rank, moments in 8 bits. Huang, Shen, Zhu, Rudinac and Kanoulas, "Gradient
 * Weight-normalized Low-rank Projection for Efficient LLM Training", AAAI 2025, arXiv:2412.19616.
 */
public final class GradNormLoRPTraining implements Method<GradNormLoRPParams> {
    static final String MODEL = "model";
    static final String OPTIMIZER = "optimizer";
    static final String REPORT = "report";

    static final MethodSpec<GradNormLoRPParams> SPEC = MethodSpec.of("gradnormlorp", "4", GradNormLoRPParams.class)
            .summary("Trains all weights of a model with a tenth of AdamW's optimizer memory.")
            .paper("Gradient Weight-normalized Low-rank Projection for Efficient LLM Training", "arXiv:2412.19616")
            .description("""
                    The norm of each row of a linear weight is trained apart from its direction. The direction's \
                    gradient is projected to its `rank` leading singular vectors, found anew every `refresh` steps; \
                    Adam's moments are kept there, in 8 bits. Embeddings, norms, biases and the head are trained with \
                    AdamW, its moments in 8 bits too. What comes out is a plain checkpoint.

                    Without `model` a decoder of the sizes in `decoder` is trained from nothing on texts; with a Llama \
                    model training goes on from there. A BERT sentence encoder is fine-tuned to classify labelled texts.

                    The report tells the bytes of optimizer state by kind beside AdamW's, the share of the gradient \
                    that the subspaces hold, how much of them stays when they are chosen anew, and how far row norms \
                    have gone: little held says that `rank` is too low, little staying that `refresh` is too long. \
                    `normalize: false` is GaLore; `tuning` offers a low-rank adapter and AdamW to compare with.

                    A job that was interrupted continues from a state saved every 200 steps and ends with the same \
                    bits.""")
            .input(Port.dataset(
                    "data", "texts, or labelled texts where the model is an encoder: .txt, .jsonl or Parquet files"))
            .input(Port.model(MODEL, "a Llama decoder to go on from, or a BERT encoder to fine-tune")
                    .optional())
            .input(Port.model("tokenizer", "a folder with tokenizer.json and tokenizer_config.json, for a new decoder")
                    .optional())
            .input(Port.model(OPTIMIZER, "the optimizer output of a job of the same settings, to go on with")
                    .optional())
            .output(Port.model(MODEL, "config.json, weights and tokenizer"))
            .output(Port.model(OPTIMIZER, "optimizer.safetensors: moments, projectors and their sides, step counts"))
            .output(Port.report(REPORT, "losses, bytes of state, captured energy, overlap of subspaces, row norms"))
            .example("a decoder from nothing", "{\"rank\": 64, \"steps\": 2000}")
            .example(
                    "fine-tune an encoder",
                    "{\"rank\": 8, \"scale\": 4, \"refresh\": 500, \"learningRate\": 3e-5, \"steps\": 500}")
            .example("GaLore", "{\"normalize\": false, \"stateBits\": 32, \"projectorDtype\": \"fp32\"}")
            .build();

    @Override
    public MethodSpec<GradNormLoRPParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(GradNormLoRPParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        Optional<Path> model = job.optionalInput(MODEL);
        boolean classifies = model.isPresent()
                && ModelConfig.read(model.get()).text("model_type").orElse("").equals("bert");
        List<String> usual = classifies ? ClassifierTask.TARGETS : DecoderTask.TARGETS;
        Targets targets = new Targets(params.targets().isEmpty() ? usual : params.targets());
        job.progress(0, "reads model and data");
        try (var random = new RandomTensors(engine, job.seed() + 1);
                Tuning tuning = Tuning.of(params, targets, random)) {
            if (classifies) {
                try (var task = new ClassifierTask(engine, params, job, model.get(), tuning.form())) {
                    return new Training<>(params, job, targets, tuning, random, task).run();
                }
            }
            try (var task = new DecoderTask(engine, params, job, tuning.form())) {
                return new Training<>(params, job, targets, tuning, random, task).run();
            }
        } catch (UnfitWeightException e) {
            throw MethodException.parameter("/rank", e.tensor() + ": " + e.detail());
        }
    }
}
