package dev.steelyard.incremental.bcnws;

import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.nn.GroupNorm;
import dev.steelyard.tensor.nn.Grouping;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes all that was only for training out of a network: standardized weights become the weights, a batch normalization
 * goes into the convolution before it, and what is left of a batch-channel normalization is a group normalization. In
 * double, rounded once.
 */
record Folding(Network network) {
    private static final double EPSILON = 1e-5;
    private static final String CONV = ".conv.weight";

    private boolean batchwise() {
        return !network.config().norm().equals("gn");
    }

    private boolean grouped() {
        return !network.config().norm().equals("bn");
    }

    /** A network of plain convolutions with group normalization, or with none. */
    NetworkConfig config() {
        return network.config().plain(grouped() ? "gn" : "none");
    }

    /** config.json, with the groups of each layer. */
    ObjectNode json() {
        NetworkConfig folded = config();
        ObjectNode json = folded.json();
        if (grouped()) {
            json.put("group_norm_eps", GroupNorm.EPSILON);
            Grouping grouping = folded.grouping(_ -> {});
            ObjectNode groups = json.putObject("group_norm_groups");
            network.store().save().forEach((name, weight) -> {
                if (name.endsWith(CONV)) {
                    String norm = layer(name) + ".norm";
                    groups.put(norm, grouping.of(norm, weight.size(0)));
                }
            });
        }
        return json;
    }

    /** Its tensors, Float, of the innermost open scope. */
    SequencedMap<String, Tensor> tensors() {
        SequencedMap<String, Tensor> folded = new LinkedHashMap<>();
        try (var _ = NoGrad.begin()) {
            for (String name : network.store().save().keySet()) {
                if (name.endsWith(CONV)) {
                    fold(layer(name), folded);
                } else if (name.startsWith("classifier.")) {
                    folded.put(name, network.tensor(name).detach());
                }
            }
        }
        return folded;
    }

    private void fold(String layer, SequencedMap<String, Tensor> into) {
        Tensor w = exact(layer + CONV); // [out, in, kernel, kernel]
        Tensor weight = network.config()
                .standardizationOf(layer + CONV)
                .map(rule -> rule.standardized(w))
                .orElse(w);
        Tensor bias = exact(layer + ".conv.bias"); // [out]
        if (batchwise()) {
            String norm = layer + (grouped() ? ".norm.bn" : ".norm");
            Tensor factor = exact(norm + ".weight")
                    .div(exact(norm + ".running_var").add(new Scalar(EPSILON)).sqrt());
            weight = weight.mul(factor.view(-1, 1, 1, 1));
            bias = bias.sub(exact(norm + ".running_mean")).mul(factor).add(exact(norm + ".bias"));
        }
        put(into, layer + CONV, weight);
        put(into, layer + ".conv.bias", bias);
        if (grouped()) {
            long channels = w.size(0);
            put(into, layer + ".norm.weight", perChannel(layer + ".norm.weight", channels));
            put(into, layer + ".norm.bias", perChannel(layer + ".norm.bias", channels));
        }
    }

    /** A group's one number for each of its channels. */
    private Tensor perChannel(String name, long channels) {
        Tensor values = exact(name);
        return values.view(-1, 1)
                .expand(values.numel(), channels / values.numel())
                .reshape(channels);
    }

    private Tensor exact(String name) {
        return network.tensor(name).detach().to(ScalarType.Double);
    }

    private static void put(SequencedMap<String, Tensor> into, String name, Tensor value) {
        into.put(name, value.to(ScalarType.Float));
    }

    private static String layer(String weight) {
        return weight.substring(0, weight.length() - CONV.length());
    }
}
