package dev.steelyard.tensor.train;

import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * All that a run continues from, as parts that each save and restore named tensors: weights, optimizer, random numbers,
 * position in the data. One safetensors file; continuing from it gives the bits of a run that never stopped.
 */
public final class TrainingState {
    private static final String STEP = "step";

    /** Something with a state. */
    public interface Part {
        /** Tensors to save; live ones or such of the innermost open scope. */
        Map<String, Tensor> save();

        /** Copies from what {@link #save} gave. */
        void restore(Map<String, Tensor> saved);
    }

    private final SequencedMap<String, Part> parts = new LinkedHashMap<>();

    /** Adds a part under a name without a slash. */
    public TrainingState with(String name, Part part) {
        if (name.contains("/") || name.equals(STEP) || parts.put(name, part) != null) {
            throw new IllegalArgumentException("part name taken or not allowed: " + name);
        }
        return this;
    }

    public TrainingState with(String name, Optimizer optimizer) {
        return with(name, part(optimizer::state, optimizer::restore));
    }

    public TrainingState with(String name, RandomTensors random) {
        return with(
                name, part(() -> Map.of("state", random.state()), saved -> random.restore(require(saved, "state"))));
    }

    public TrainingState with(String name, DataLoader<?> loader) {
        return with(
                name,
                part(
                        () -> Map.of("position", Tensors.of(new long[] {loader.position()})),
                        saved -> loader.seek(Tensors.toLongs(require(saved, "position"))[0])));
    }

    /**
     * Writes all parts.
     *
     * @param file must not exist
     * @param step steps done
     */
    public void save(Path file, long step) throws IOException {
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            all.put(STEP, Tensors.of(new long[] {step}));
            parts.forEach((name, part) -> part.save().forEach((key, tensor) -> all.put(name + "/" + key, tensor)));
            TensorFile.write(file, all, Map.of());
        }
    }

    /**
     * Restores all parts.
     *
     * @return steps done
     * @throws dev.steelyard.tensor.ShapeException when the file is of a model with other shapes
     */
    public long restore(Path file) throws IOException {
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> all = TensorFile.read(file);
            parts.forEach((name, part) -> part.restore(under(name + "/", all)));
            return Tensors.toLongs(require(all, STEP))[0];
        }
    }

    /** The entries below a prefix, without it. */
    public static Map<String, Tensor> under(String prefix, Map<String, Tensor> all) {
        Map<String, Tensor> under = new LinkedHashMap<>();
        all.forEach((key, tensor) -> {
            if (key.startsWith(prefix)) {
                under.put(key.substring(prefix.length()), tensor);
            }
        });
        return under;
    }

    /**
     * A tensor of a saved state.
     *
     * @throws IllegalArgumentException naming it when it is not there
     */
    public static Tensor require(Map<String, Tensor> saved, String key) {
        Tensor tensor = saved.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("saved state has no " + key);
        }
        return tensor;
    }

    private interface Save {
        Map<String, Tensor> save();
    }

    private interface Restore {
        void restore(Map<String, Tensor> saved);
    }

    private static Part part(Save save, Restore restore) {
        return new Part() {
            @Override
            public Map<String, Tensor> save() {
                return save.save();
            }

            @Override
            public void restore(Map<String, Tensor> saved) {
                restore.restore(saved);
            }
        };
    }
}
