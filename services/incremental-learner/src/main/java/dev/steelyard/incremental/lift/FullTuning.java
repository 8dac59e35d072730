package dev.steelyard.incremental.lift;

import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.AdamMoments;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** Trains all weights, embeddings and norms too. */
final class FullTuning extends AdamWTuning {
    FullTuning(AdamMoments moments, double weightDecay) {
        super(moments, weightDecay);
    }

    @Override
    public Reparametrization form() {
        return Reparametrization.NONE;
    }

    @Override
    public SequencedMap<String, Tensor> trained() {
        SequencedMap<String, Tensor> trained = new LinkedHashMap<>();
        parameters().forEach(parameter -> trained.put(parameter.name(), parameter.value()));
        return trained;
    }

    @Override
    public long chosen(long rows, long columns) {
        return rows * columns;
    }
}
