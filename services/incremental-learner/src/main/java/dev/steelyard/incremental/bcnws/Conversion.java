package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Phase;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Puts standardized weights and another normalization into a network with batch normalization. Scales and shifts of
 * channels are kept, those of groups are new (1 and 0), and statistics are taken anew by one pass over the training
 * images: standardization changes what they are of.
 */
record Conversion(Torch engine, Network source, ImageSet train, JobContext job) {

    /** @return a network of its own */
    Network to(NetworkConfig config) throws MethodException, InterruptedException {
        Network target = Network.create(engine, 0, config, job::log);
        try {
            copy(target);
            switch (config.norm()) {
                case "bcn-estimated" -> estimate(target);
                case "bcn" -> {
                    try (Network twin = to(config.normalizedBy("bcn-estimated"))) {
                        copyStatistics(twin, target);
                    }
                }
                default -> {}
            }
            return target;
        } catch (RuntimeException | MethodException | InterruptedException e) {
            target.close();
            throw e;
        }
    }

    private void copy(Network target) {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            String inner = target.config().norm().equals("gn") ? ".norm." : ".norm.bn.";
            source.store().save().forEach((name, value) -> {
                if (!name.contains(".norm.")) {
                    var rule = source.config().standardizationOf(name).filter(_ -> name.endsWith(".conv.weight"));
                    target.tensor(name).copy_(rule.isPresent() ? rule.get().standardized(value) : value);
                } else if (name.endsWith("weight") || name.endsWith("bias")) {
                    target.tensor(name.replace(".norm.", inner)).copy_(value);
                }
            });
            if (inner.equals(".norm.bn.")) {
                target.store().save().forEach((name, value) -> {
                    if (name.endsWith(".norm.weight")) {
                        value.fill_(new Scalar(1.0)); // new residual blocks would begin at 0
                    }
                });
            }
        }
    }

    private void estimate(Network network) throws InterruptedException {
        network.estimates().beginPass();
        network.pass(train, Phase.TRAINING, job::checkCancelled);
        network.estimates().endPass();
    }

    private static void copyStatistics(Network from, Network to) {
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            to.store().save().forEach((name, value) -> {
                if (name.endsWith(".running_mean") || name.endsWith(".running_var")) {
                    Tensor statistics = from.tensor(name);
                    value.copy_(statistics);
                }
            });
        }
    }
}
