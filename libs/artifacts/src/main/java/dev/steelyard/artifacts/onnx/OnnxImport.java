package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Turns an exported ONNX model back into a checkpoint with PyTorch's parameter names and shapes ([out, in] for linear
 * layers). The same model gives the same bytes. At most one tensor's block of rows is in memory.
 *
 * @param tensors what was written, by name
 * @param recovered names that the graph had to tell
 * @param unnamed tensors that kept the exporter's numbered name, since the graph does not tell theirs
 */
public record OnnxImport(List<TensorInfo> tensors, List<String> recovered, List<String> unnamed) {
    private static final String ONNX = "model.onnx";
    private static final String SAFETENSORS = "model.safetensors";
    private static final Map<String, String> METADATA = Map.of("format", "pt");
    private static final Set<String> QUANTIZED = Set.of(
            "MatMulInteger",
            "ConvInteger",
            "QLinearMatMul",
            "QLinearConv",
            "DynamicQuantizeLinear",
            "DequantizeLinear");

    public OnnxImport {
        tensors = List.copyOf(tensors);
        recovered = List.copyOf(recovered);
        unnamed = List.copyOf(unnamed);
    }

    /**
     * Converts {@code model.onnx} in a folder to {@code model.safetensors} and removes it together with the files its
     * weights were in. Does nothing when the folder has no {@code model.onnx}, or has safetensors already.
     *
     * @throws ArtifactException when the model cannot be read; the folder is then as it was
     */
    public static Optional<OnnxImport> convertFolder(Path folder) throws IOException {
        Path onnx = folder.resolve(ONNX);
        Path safetensors = folder.resolve(SAFETENSORS);
        if (!Files.isRegularFile(onnx)
                || Files.exists(safetensors)
                || Files.exists(folder.resolve(SAFETENSORS + ".index.json"))) {
            return Optional.empty();
        }
        OnnxImport done;
        Set<String> external;
        try (OnnxModel model = OnnxModel.open(onnx)) {
            done = convert(model, safetensors);
            external = model.externalFiles();
        }
        Files.delete(onnx);
        for (String file : external) {
            Files.deleteIfExists(folder.resolve(file));
        }
        return Optional.of(done);
    }

    /**
     * Writes a model's weights.
     *
     * @param safetensors must not exist; not there after a failure
     * @throws ArtifactException when the model holds no weights, or quantized ones
     */
    public static OnnxImport convert(OnnxModel model, Path safetensors) throws IOException {
        refuseQuantized(model);
        Map<String, OnnxTensor> sources = new LinkedHashMap<>();
        model.tensors().forEach(tensor -> sources.put(tensor.info().name(), tensor));
        SequencedMap<String, ParameterNames.Parameter> parameters = ParameterNames.resolve(
                model.tensors().stream().map(OnnxTensor::info).toList(), model.nodes());
        if (parameters.isEmpty()) {
            throw new ArtifactException(model.name(), null, "holds no weights as initialisers of its main graph");
        }
        List<TensorInfo> infos = new ArrayList<>();
        parameters.forEach((name, parameter) -> infos.add(shape(name, parameter, sources)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(safetensors, infos, METADATA)) {
            for (Map.Entry<String, ParameterNames.Parameter> entry : parameters.entrySet()) {
                OnnxTensor source = source(entry.getValue(), sources);
                if (entry.getValue().transposed()) {
                    Transpose.write(writer, entry.getKey(), source.info(), source.data());
                } else {
                    writer.write(entry.getKey(), 0, source.data());
                }
            }
            writer.finish();
        }
        return new OnnxImport(infos, recovered(parameters), unnamed(parameters));
    }

    private static TensorInfo shape(String name, ParameterNames.Parameter parameter, Map<String, OnnxTensor> sources) {
        TensorInfo info = source(parameter, sources).info();
        return new TensorInfo(
                name, info.dtype(), parameter.transposed() ? info.shape().reversed() : info.shape());
    }

    private static OnnxTensor source(ParameterNames.Parameter parameter, Map<String, OnnxTensor> sources) {
        OnnxTensor source = sources.get(parameter.source());
        if (source == null) {
            throw new IllegalStateException("parameters come from initialisers only: " + parameter);
        }
        return source;
    }

    private static List<String> recovered(SequencedMap<String, ParameterNames.Parameter> parameters) {
        return parameters.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(entry.getValue().source()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> unnamed(SequencedMap<String, ParameterNames.Parameter> parameters) {
        return parameters.keySet().stream()
                .filter(name -> !ParameterNames.isReal(name))
                .toList();
    }

    private static void refuseQuantized(OnnxModel model) throws ArtifactException {
        for (OnnxNode node : model.nodes()) {
            if (QUANTIZED.contains(node.type())) {
                throw new ArtifactException(
                        model.name(), null, "is quantized (" + node.type() + "); import the model it was made from");
            }
        }
    }
}
