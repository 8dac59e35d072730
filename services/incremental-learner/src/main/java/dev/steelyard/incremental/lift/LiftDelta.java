package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Puts the sparse delta of a {@code lift} job into a checkpoint, or takes it out again, exactly. He and others, "LIFT the
 * Veil for the Truth: Principal Weights Emerge after Rank Reduction for Reasoning-Focused Supervised Fine-Tuning", ICML
 * 2025, arXiv:2506.00772.
 */
public final class LiftDelta implements Method<LiftDeltaParams> {
    private static final String MODEL = "model";
    private static final MethodSpec<LiftDeltaParams> SPEC = MethodSpec.of("lift-delta", "1", LiftDeltaParams.class)
            .summary("Applies a sparse delta to its base model, or reverts it, bit for bit.")
            .paper(
                    "LIFT the Veil for the Truth: Principal Weights Emerge after Rank Reduction for Reasoning-Focused "
                            + "Supervised Fine-Tuning",
                    "arXiv:2506.00772")
            .description("""
                    A delta holds the entries that fine-tuning changed, with the bytes before and after. It names the \
                    weight files it goes from and to by hash: another model is refused, and what comes out is checked.

                    All files of the model are copied and changed in place; memory holds one delta, mapped.""")
            .input(Port.model(MODEL, "the base (apply), or the tuned model (revert)"))
            .input(Port.model("delta", "delta.safetensors of a lift job"))
            .output(Port.model(MODEL, "the tuned model (apply), or the base (revert)"))
            .example("Apply", "{}")
            .example("Revert", "{\"mode\": \"revert\"}")
            .build();

    @Override
    public MethodSpec<LiftDeltaParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(LiftDeltaParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        Path delta = job.input("delta").resolve(SparseDelta.FILE);
        if (!Files.isRegularFile(delta)) {
            throw MethodException.file(SparseDelta.FILE, SparseDelta.FILE + ": no such file")
                    .in(delta);
        }
        Path in = job.input(MODEL);
        Checkpoint.open(in).close(); // what is no model is refused as the input, not as its copy
        job.requireDisk(bytes(in));
        Path out = job.output(MODEL);
        job.progress(0, "copy the model");
        WeightFiles.copy(in, out);
        job.checkCancelled();
        job.progress(0.5, params.mode() + " the delta");
        var direction = params.mode().equals("apply") ? SparseDelta.Direction.APPLY : SparseDelta.Direction.REVERT;
        return Outputs.of(MODEL).with("changed entries", SparseDelta.move(delta, out, direction));
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
