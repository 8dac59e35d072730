package dev.steelyard.models;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds the linear layers of a model without loading it: those are what quantizers and pruners transform. */
public final class LinearWeights {
    private static final Pattern BERT = Pattern.compile("(.*\\.)?(encoder\\.layer\\.\\d+\\."
            + "(attention\\.self\\.(query|key|value)|attention\\.output\\.dense|intermediate\\.dense|output\\.dense)"
            + "|pooler\\.dense)\\.weight");
    private static final Pattern OTHER_THAN_LINEAR = Pattern.compile(
            "(.*\\.)?([^.]*(embed|norm|rotary)[^.]*|ln|ln_[^.]*|wte|wpe)\\..*", Pattern.CASE_INSENSITIVE);

    private static final String HIDDEN = "hidden_size";
    private static final String INTERMEDIATE = "intermediate_size";
    private static final int MAX_WIDTH = 1 << 20;

    private LinearWeights() {}

    /**
     * The linear weights of a checkpoint, file by file in the order of their bytes.
     *
     * <p>For BERT those of its layers and its pooler. For any other model every matrix of floating-point numbers named
     * {@code *.weight} that does not belong to an embedding or a norm by its name.
     *
     * @throws ArtifactException when the model keeps its matrices transposed, as GPT-2 does, or when a matrix of a BERT
     *     is not as large as {@code config.json} says
     */
    public static List<LinearWeight> of(Checkpoint checkpoint, ModelConfig config) throws ArtifactException {
        String type = config.text("model_type").orElse("");
        if (type.equals("gpt2")) {
            throw config.unexpected("model_type", "a model whose linear weights are [out, in]");
        }
        Predicate<String> isLinear = type.equals("bert")
                ? BERT.asMatchPredicate()
                : name -> name.endsWith(".weight")
                        && !OTHER_THAN_LINEAR.matcher(name).matches();
        List<LinearWeight> found = new ArrayList<>();
        for (String file : checkpoint.files()) {
            for (TensorInfo tensor : checkpoint.tensors(file)) {
                if (tensor.dtype().isFloat() && tensor.shape().size() == 2 && isLinear.test(tensor.name())) {
                    if (type.equals("bert")) {
                        checkShape(checkpoint, tensor, config);
                    }
                    found.add(new LinearWeight(
                            tensor.name(),
                            file,
                            tensor.shape().get(0),
                            tensor.shape().get(1),
                            tensor.dtype()));
                }
            }
        }
        return found;
    }

    private static void checkShape(Checkpoint checkpoint, TensorInfo tensor, ModelConfig config)
            throws ArtifactException {
        if (!config.has(HIDDEN) || !config.has(INTERMEDIATE)) {
            return;
        }
        long hidden = config.integer(HIDDEN, 1, MAX_WIDTH);
        long intermediate = config.integer(INTERMEDIATE, 1, MAX_WIDTH);
        boolean up = tensor.name().endsWith("intermediate.dense.weight");
        boolean down = tensor.name().endsWith("output.dense.weight")
                && !tensor.name().endsWith("attention.output.dense.weight");
        List<Long> expected = List.of(up ? intermediate : hidden, down ? intermediate : hidden);
        if (!tensor.shape().equals(expected)) {
            throw checkpoint.refuse(
                    tensor.name(), "expected " + expected + " by config.json, found " + tensor.shapeText());
        }
    }
}
