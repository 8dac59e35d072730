package dev.steelyard.incremental.lift;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import java.io.IOException;

/**
 * Fine-tunes a decoder by the entries of its linear weights that are largest after rank reduction, about one in twenty;
 * all others stay as they are. Liu, Pang, Balabanov, Yang, Huang, Yin, Yang and Liu, "LIFT the Veil for the Truth:
 * Principal Weights Emerge after Rank Reduction for Reasoning-Focused Supervised Fine-Tuning", ICML 2025,
 * arXiv:2506.00772.
 */
public final class Lift implements Method<LiftParams> {
    static final String MODEL = "model";
    static final String DATA = "data";
    static final String VALIDATION = "validation";
    static final String RETENTION = "retention";
    static final String DELTA = "delta";
    static final String REPORT = "report";

    static final MethodSpec<LiftParams> SPEC = MethodSpec.of("lift", "3", LiftParams.class)
            .summary("Fine-tunes one entry in twenty of a model's weights: learns like all of them, forgets less.")
            .paper(
                    "LIFT the Veil for the Truth: Principal Weights Emerge after Rank Reduction for Reasoning-Focused "
                            + "Supervised Fine-Tuning",
                    "arXiv:2506.00772")
            .description("""
                    Each linear weight of attention and feed-forward layers is reduced to a low rank by its singular \
                    value decomposition; the entries that are largest there are trained with AdamW, as many as a \
                    low-rank adapter has parameters. Every few hundred steps they are chosen anew, and moments move with \
                    them. Embeddings, norms, biases and the head stay as they are.

                    What comes out is a checkpoint like the one that came in, and a sparse delta that `lift-delta` \
                    applies to the base and reverts exactly. With `validation` and `retention` the losses on held-out \
                    text of the new and of an old domain are reported. `tuning` and `selection` also offer what LIFT is \
                    to be compared with.

                    Takes 4 bytes a weight of the model and 16 a trained entry (two moments, index, value), and the \
                    dense gradient of one layer at a time. A job that was interrupted continues from a state saved \
                    every 200 steps and ends with the same bits.""")
            .input(Port.model(MODEL, "a decoder of the Llama family: config.json and safetensors, sharded or not"))
            .input(Port.dataset(DATA, "JSON lines of prompt and completion, messages, or text"))
            .input(Port.dataset(VALIDATION, "held-out lines of the same kind").optional())
            .input(Port.dataset(RETENTION, "lines of what the model should not forget")
                    .optional())
            .output(Port.model(MODEL, "the tuned model, in the files and types of the input"))
            .output(Port.model(DELTA, "delta.safetensors: what changed; with sparse tuning")
                    .optional())
            .output(Port.report(REPORT, "losses, entries chosen, spectrum of what changed"))
            .example("Fine-tune", "{}")
            .example(
                    "A small model",
                    "{\"budgetRank\": 4, \"lraRank\": 8, \"refresh\": 50, \"learningRate\": 0.003, \"steps\": 250}")
            .example("A low-rank adapter as a baseline", "{\"tuning\": \"lora\", \"budgetRank\": 64}")
            .build();

    @Override
    public MethodSpec<LiftParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(LiftParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        try (var run = new TuningRun(engine, params, job)) {
            return run.run();
        }
    }
}
