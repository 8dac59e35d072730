package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.MethodException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tensors of a checkpoint are weights of modules to quantize: two-dimensional, floating point, named "….weight",
 * and not those of a table that is looked up or of a normalisation.
 */
public final class ModuleSelection {
    /** Last names of modules whose two-dimensional weight is a table, in the families of Hugging Face's transformers. */
    private static final Set<String> TABLES = Set.of(
            "embed_tokens",
            "embed_positions",
            "embeddings",
            "embedding",
            "word_embeddings",
            "position_embeddings",
            "token_type_embeddings",
            "position_embedding",
            "token_embedding",
            "patch_embedding",
            "relative_attention_bias",
            "tok_embeddings",
            "wte",
            "wpe",
            "shared");

    private final List<String> targetGlobs;
    private final List<Pattern> targets;
    private final List<Pattern> ignore;
    private final boolean embeddings;

    /**
     * @param targets globs over module names, '*' for any characters; a module must match one
     * @param ignore globs; a module must match none
     * @param embeddings whether to take tables too
     */
    public ModuleSelection(List<String> targets, List<String> ignore, boolean embeddings) {
        this.targetGlobs = List.copyOf(targets);
        this.targets = targets.stream().map(ModuleSelection::glob).toList();
        this.ignore = ignore.stream().map(ModuleSelection::glob).toList();
        this.embeddings = embeddings;
    }

    boolean takes(TensorInfo tensor) {
        if (tensor.shape().size() != 2
                || tensor.elements() == 0
                || !tensor.name().endsWith(Matrix.SUFFIX)
                || !Matrix.isQuantizable(tensor.dtype())) {
            return false;
        }
        String module = module(tensor);
        return (embeddings || !TABLES.contains(lastName(module)))
                && targets.stream().anyMatch(p -> p.matcher(module).matches())
                && ignore.stream().noneMatch(p -> p.matcher(module).matches());
    }

    MethodException nothingTaken() {
        return MethodException.parameter(
                "/targets",
                "no two-dimensional floating-point weight of a module matches %s; modules are named as in the checkpoint, without '.weight'"
                        .formatted(targetGlobs));
    }

    static String module(TensorInfo tensor) {
        return tensor.name().substring(0, tensor.name().length() - Matrix.SUFFIX.length());
    }

    private static String lastName(String module) {
        return module.substring(module.lastIndexOf('.') + 1);
    }

    private static Pattern glob(String glob) {
        String regex = glob.chars()
                .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
        return Pattern.compile(regex, Pattern.DOTALL);
    }
}
