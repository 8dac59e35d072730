package dev.steelyard.quantizer.rtn;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.quantizer.checkpoint.CheckpointQuantizer;
import dev.steelyard.quantizer.checkpoint.MatrixReader;
import dev.steelyard.quantizer.checkpoint.ModuleSelection;
import dev.steelyard.quantizer.grid.Granularity;
import dev.steelyard.quantizer.grid.Grid;
import dev.steelyard.quantizer.weightonly.WeightOnlyJob;
import java.io.IOException;

/**
 * Round to nearest: each weight becomes the nearest point of an even grid that spans its group. No data, no search.
 * Scales, zero points and rounding are those of compressed-tensors; see {@link Grid}. The scheme is the one of Wu and
 * others, "Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation", 2020,
 * arXiv:2004.09602, section 3.
 */
public final class Rtn implements Method<RtnParams> {
    private static final MethodSpec<RtnParams> SPEC = WeightOnlyJob.declare(MethodSpec.of("rtn", "1", RtnParams.class))
            .summary("Rounds weights to 4 or 8 bits, one scale for each group or output channel.")
            .paper(
                    "Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation",
                    "arXiv:2004.09602")
            .description("""
                    Rounds the weights of linear layers to the nearest of 2^bits evenly spaced values between the \
                    extremes of their group. Needs no data. The baseline that other methods are measured against.

                    The output loads in Transformers and vLLM (compressed-tensors, `pack-quantized`); dequantized \
                    weights are the same bits there and here.

                    The checkpoint is mapped and read once; memory in use is a few megabytes for each thread, whatever \
                    the size of the model.""")
            .example("4 bits, groups of 128", "{}")
            .example("8 bits, one scale for each output channel", "{\"bits\": 8, \"group\": 0}")
            .build();

    @Override
    public MethodSpec<RtnParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(RtnParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        var quantizer = new CheckpointQuantizer(
                new Grid(params.bits(), params.symmetric()),
                new ModuleSelection(params.targets(), params.ignore()),
                matrix -> granularity(matrix, params.group()));
        return WeightOnlyJob.run(SPEC, params, quantizer, job);
    }

    private static Granularity granularity(MatrixReader matrix, int group) throws MethodException {
        if (group == 0) {
            return Granularity.channel();
        }
        if (matrix.cols() % group != 0) {
            throw matrix.refuse("%d inputs cannot be cut into groups of %d; choose a divisor, 0, or ignore this module"
                    .formatted(matrix.cols(), group));
        }
        return Granularity.group(group);
    }
}
