package dev.steelyard.bench.training;

import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import org.bytedeco.pytorch.Tensor;

/** A model and a batch; {@code step.py} has the same ones. */
interface Workload extends AutoCloseable {

    /** @param name "mlp", "mlp-wide" or "cnn"; "llama-128" or "llama-512", "-bf16" behind it for mixed precision */
    static Workload of(String name, Torch engine) {
        return name.startsWith("llama") ? Decoder.of(name, engine) : Images.of(name, engine);
    }

    ParameterStore store();

    /** Builds the batch, as a loop over data does, and computes its loss. */
    Tensor loss();

    @Override
    void close();
}
