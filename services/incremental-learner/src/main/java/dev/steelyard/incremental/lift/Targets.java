package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.WeightFiles;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.LinearWeight;
import dev.steelyard.models.LinearWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.NamePattern;
import dev.steelyard.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;

/**
 * The linear weights that are trained.
 *
 * @param all as they lie in the checkpoint, [out, in] each, in the order of its bytes
 * @param names of all
 */
record Targets(List<TensorInfo> all, Set<String> names) {
    private static final String HEAD = "lm_head.weight";

    /**
     * Linear weights of a checkpoint whose names fit; the head, which may be the embedding, is none.
     *
     * @param patterns names; * stands for any characters
     * @throws MethodException when there is none, or naming one with an entry that is not a finite number
     */
    static Targets of(Path folder, List<String> patterns) throws IOException, MethodException {
        List<TensorInfo> found = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            for (LinearWeight weight : LinearWeights.of(checkpoint, ModelConfig.read(folder))) {
                String name = weight.name();
                if (!name.equals(HEAD) && NamePattern.anyFits(patterns, name)) {
                    requireFinite(folder, checkpoint, name);
                    found.add(checkpoint.tensor(name).orElseThrow());
                }
            }
        }
        if (found.isEmpty()) {
            throw MethodException.parameter("/targets", "no linear weight of the model fits " + patterns);
        }
        Set<String> names = new HashSet<>();
        found.forEach(target -> names.add(target.name()));
        return new Targets(List.copyOf(found), Set.copyOf(names));
    }

    private static void requireFinite(Path folder, Checkpoint checkpoint, String name)
            throws IOException, MethodException {
        try (var _ = TensorScope.open()) {
            if (!torch.isfinite(WeightFiles.tensor(checkpoint, name)).all().item_bool()) {
                throw MethodException.tensor(
                                checkpoint.fileOf(name), name, name + ": has an entry that is not a finite number")
                        .in(folder);
            }
        }
    }

    boolean contain(String name) {
        return names.contains(name);
    }

    /** Entries of all together. */
    long entries() {
        return all.stream().mapToLong(TensorInfo::elements).sum();
    }

    /** @throws MethodException naming a weight that has fewer rows or columns */
    void requireRank(String field, int rank) throws MethodException {
        for (TensorInfo target : all) {
            long most = Math.min(target.shape().get(0), target.shape().get(1));
            if (rank > most) {
                throw MethodException.parameter(
                        field,
                        "%s is %s: expected at most %d, found %d"
                                .formatted(target.name(), target.shapeText(), most, rank));
            }
        }
    }
}
