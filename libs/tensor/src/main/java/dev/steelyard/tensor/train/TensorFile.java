package dev.steelyard.tensor.train;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Named tensors to and from one safetensors file. */
public final class TensorFile {
    private TensorFile() {}

    /** @param file must not exist */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<TensorInfo> infos = new ArrayList<>();
        tensors.forEach((name, tensor) -> infos.add(TensorInfo.of(name, type(tensor), Shapes.of(tensor))));
        try (var writer = SafetensorsWriter.create(file, infos, metadata)) {
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                try (var _ = TensorScope.open()) {
                    writer.write(
                            entry.getKey(),
                            0,
                            Tensors.segment(entry.getValue().detach().contiguous()));
                }
            }
            writer.finish();
        }
    }

    /**
     * Copies, owned by the innermost open scope, in the order of their bytes.
     *
     * @throws ArtifactException naming a tensor of a type that cannot be computed with
     */
    public static SequencedMap<String, Tensor> read(Path file) throws IOException {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        try (var open = SafetensorsFile.open(file)) {
            for (TensorInfo info : open.tensors()) {
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                tensors.put(info.name(), Tensors.copy(open.data(info.name()), type(info, file), shape));
            }
        }
        return tensors;
    }

    private static DType type(Tensor tensor) {
        return switch (tensor.scalar_type().intern()) {
            case Float -> DType.F32;
            case Double -> DType.F64;
            case BFloat16 -> DType.BF16;
            case Half -> DType.F16;
            case Long -> DType.I64;
            case Int -> DType.I32;
            case Byte -> DType.U8;
            case Bool -> DType.BOOL;
            default -> throw new IllegalArgumentException("no tensors of type " + tensor.scalar_type() + " are saved");
        };
    }

    private static ScalarType type(TensorInfo info, Path file) throws ArtifactException {
        return switch (info.dtype()) {
            case F32 -> ScalarType.Float;
            case F64 -> ScalarType.Double;
            case BF16 -> ScalarType.BFloat16;
            case F16 -> ScalarType.Half;
            case I64 -> ScalarType.Long;
            case I32 -> ScalarType.Int;
            case U8 -> ScalarType.Byte;
            case BOOL -> ScalarType.Bool;
            default ->
                throw new ArtifactException(
                                String.valueOf(file.getFileName()),
                                info.name(),
                                "is of type %s, which is not read".formatted(info.dtype()))
                        .in(file);
        };
    }
}
