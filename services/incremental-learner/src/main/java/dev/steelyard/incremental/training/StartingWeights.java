package dev.steelyard.incremental.training;

import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.ShapeException;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** An ordinary checkpoint that a model starts from, whatever its weights are made of. */
public final class StartingWeights implements AutoCloseable {
    private static final String FILE = "model.safetensors";

    private final TensorOwner owner = new TensorOwner();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private final Path folder;

    private StartingWeights(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads {@code model.safetensors}.
     *
     * @throws MethodException naming a tensor of a quantized type
     */
    public static StartingWeights read(Path folder) throws MethodException, IOException {
        try (var open = SafetensorsFile.open(folder.resolve(FILE))) {
            for (TensorInfo info : open.tensors()) {
                if (info.name().endsWith("weight") && !info.dtype().isFloat()) {
                    throw MethodException.tensor(
                                    FILE,
                                    info.name(),
                                    "%s: is of type %s; quantized weights are not trained, give the model they were made of"
                                            .formatted(info.name(), info.dtype()))
                            .in(folder);
                }
            }
        }
        StartingWeights weights = new StartingWeights(folder);
        try (var _ = TensorScope.open()) {
            TensorFile.read(folder.resolve(FILE))
                    .forEach((name, tensor) -> weights.tensors.put(name, weights.owner.own(tensor)));
        }
        return weights;
    }

    /**
     * A reparametrization whose initial weights are those of the checkpoint. It throws {@link ShapeException} when one is
     * of another shape; see {@link #misshapen}.
     */
    public Reparametrization under(Reparametrization form) {
        return (store, name, initial) -> form.create(store, name, () -> {
            Tensor random = initial.get();
            return tensors.containsKey(name)
                    ? Shapes.require(name, tensors.get(name), Shapes.of(random)).to(random.scalar_type())
                    : random;
        });
    }

    /**
     * Copies into a model all that {@link #under} did not: biases, normalization.
     *
     * @throws MethodException naming a tensor that is missing, too many or of another shape
     */
    public void complete(ParameterStore store) throws MethodException {
        Map<String, Tensor> own = store.save();
        try (var _ = NoGrad.begin();
                var _ = TensorScope.open()) {
            for (String name : store.exported().keySet()) {
                Tensor from = tensors.get(name);
                if (from == null) {
                    throw MethodException.tensor(FILE, name, name + ": the model needs it, the file has none")
                            .in(folder);
                }
                Tensor to = own.get(name);
                if (to != null) {
                    to.copy_(Shapes.require(name, from, Shapes.of(to)));
                }
            }
        } catch (ShapeException e) {
            throw misshapen(e);
        }
        for (String name : tensors.keySet()) {
            if (!store.weights().containsKey(name) && !own.containsKey(name)) {
                throw MethodException.tensor(FILE, name, name + ": the model has no such tensor")
                        .in(folder);
            }
        }
    }

    /** What a user is told of a tensor that is not of the shape that the model's {@code config.json} gives it. */
    public MethodException misshapen(ShapeException e) {
        return MethodException.tensor(
                        FILE, e.tensor(), "%s: is not what config.json says: %s".formatted(FILE, e.getMessage()))
                .in(folder);
    }

    @Override
    public void close() {
        owner.close();
    }
}
