package dev.steelyard.quantizer.finequant;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.quantizer.checkpoint.CheckpointQuantizer;
import dev.steelyard.quantizer.checkpoint.ModuleSelection;
import dev.steelyard.quantizer.grid.Grid;
import dev.steelyard.quantizer.weightonly.WeightOnlyJob;
import java.io.IOException;

/**
 * FineQuant (Kim, Henry, Fahim, Awadalla: "FineQuant: Unlocking Efficiency with Fine-Grained Weight-Only Quantization
 * for LLMs", 2023, arXiv:2308.09723): symmetric 4- or 8-bit weights, no data, and for each matrix as many scales as its
 * outliers call for. How the group size is found: {@link AdaptiveGranularity}.
 */
public final class FineQuant implements Method<FineQuantParams> {
    private static final MethodSpec<FineQuantParams> SPEC = WeightOnlyJob.declare(
                    MethodSpec.of("finequant", "1", FineQuantParams.class))
            .summary("Rounds weights to 4 or 8 bits, with as many scales in each matrix as its outliers call for.")
            .paper(
                    "FineQuant: Unlocking Efficiency with Fine-Grained Weight-Only Quantization for LLMs",
                    "arXiv:2308.09723")
            .description("""
                    Each matrix starts with one scale for each output channel. The group that shares a scale is halved for as \
                    long as that shrinks the range a scale has to cover by more than `threshold`. So a matrix in which a few \
                    inputs stick out gets small groups, and all others keep the cheapest form. Needs no data.

                    The output loads in Transformers (compressed-tensors, `pack-quantized`, a config group for each group \
                    size in use); dequantized weights are the same bits there and here.

                    The checkpoint is mapped and read twice; memory in use is a few megabytes for each thread, whatever the \
                    size of the model.""")
            .example("4 bits", "{}")
            .example("8 bits", "{\"bits\": 8}")
            .example("only groups that vLLM's kernels know", "{\"minGroup\": 32, \"maxGroup\": 128}")
            .build();

    @Override
    public MethodSpec<FineQuantParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(FineQuantParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        var adaptive = new AdaptiveGranularity(params.threshold(), params.minGroup(), params.maxGroup());
        var quantizer = new CheckpointQuantizer(
                new Grid(params.bits(), true), new ModuleSelection(params.targets(), params.ignore()), matrix -> {
                    int[] sizes = adaptive.candidates(matrix.cols());
                    return adaptive.choose(sizes, matrix.ranges(sizes).rootMeanSquare());
                });
        return WeightOnlyJob.run(SPEC, params, quantizer, job);
    }
}
