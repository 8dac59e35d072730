package dev.steelyard.incremental.gacil;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Reading;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code state.safetensors}: {@code gram} F64 [M(M+1)/2], the upper half of A row after row; {@code sums} F64 [C, M],
 * Bᵀ; {@code counts} I64 [C]; {@code buffer} F32 [d, M], W_E. Metadata: format, classes (JSON, by column), whether they
 * are numbers, what the features are ({@code origin}), γ and the sha256 of W_E.
 */
final class StateFile {
    static final String NAME = "state.safetensors";
    private static final String FORMAT = "steelyard-g-acil-1";
    private static final String GRAM = "gram";
    private static final String SUMS = "sums";
    private static final String COUNTS = "counts";
    private static final String BUFFER = "buffer";
    private static final JsonMapper JSON = new JsonMapper();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private StateFile() {}

    /**
     * A state and what it needs to be used.
     *
     * @param origin what the features are; other features cannot be learned or predicted
     * @param numbers whether the classes are whole numbers
     * @param gamma γ of the head that came with it
     */
    record Saved(AnalyticState state, String origin, boolean numbers, double gamma) implements AutoCloseable {
        /** The same state for a head with another γ. */
        Saved with(double other) {
            return new Saved(state, origin, numbers, other);
        }

        @Override
        public void close() {
            state.close();
        }
    }

    static void write(Path folder, Saved saved) throws IOException {
        AnalyticState state = saved.state();
        long m = state.buffer().expansion();
        long c = state.classes().size();
        List<TensorInfo> tensors = List.of(
                TensorInfo.of(GRAM, DType.F64, m * (m + 1) / 2),
                TensorInfo.of(SUMS, DType.F64, c, m),
                TensorInfo.of(COUNTS, DType.I64, c),
                TensorInfo.of(BUFFER, DType.F32, state.buffer().features(), m));
        Map<String, String> metadata = new TreeMap<>(Map.of(
                "format", FORMAT,
                "origin", saved.origin(),
                "numbers", String.valueOf(saved.numbers()),
                "gamma", String.valueOf(saved.gamma()),
                "classes", JSON.writeValueAsString(state.classes()),
                "bufferSha256", state.buffer().hash()));
        try (var writer = SafetensorsWriter.create(folder.resolve(NAME), tensors, new LinkedHashMap<>(metadata));
                var _ = TensorScope.open()) {
            long at = 0;
            for (int i = 0; i < m; i++) {
                MemorySegment row = state.gram().upperRow(i);
                writer.write(GRAM, at, row);
                at += row.byteSize();
            }
            writer.write(SUMS, 0, Tensors.segment(state.sums()));
            writer.write(COUNTS, 0, MemorySegment.ofArray(state.counts()));
            writer.write(BUFFER, 0, MemorySegment.ofArray(state.buffer().entries()));
            writer.finish();
        }
    }

    /** @throws ArtifactException naming the tensor when the file is no state or its parts do not fit together */
    static Saved read(Path folder) throws IOException {
        return Reading.in(folder, () -> readFile(folder));
    }

    private static Saved readFile(Path folder) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(NAME))) {
            Map<String, String> metadata = file.metadata();
            if (!FORMAT.equals(metadata.get("format"))) {
                throw new ArtifactException(NAME, null, "is not a state of the format " + FORMAT);
            }
            List<String> classes = classes(metadata.getOrDefault("classes", ""));
            double gamma = gamma(metadata.getOrDefault("gamma", "1"));
            List<Long> buffer = shape(file, BUFFER, DType.F32, 2);
            long m = buffer.get(1);
            require(file, GRAM, DType.F64, List.of(m * (m + 1) / 2));
            require(file, SUMS, DType.F64, List.of((long) classes.size(), m));
            require(file, COUNTS, DType.I64, List.of((long) classes.size()));
            var state = new AnalyticState(new RandomBuffer(
                    Math.toIntExact(buffer.get(0)),
                    Math.toIntExact(m),
                    file.data(BUFFER).toArray(FLOAT)));
            try {
                fill(state, file, classes);
                if (state.classes().isEmpty()) {
                    throw new ArtifactException(NAME, COUNTS, "no class has a sample");
                }
                if (!state.buffer().hash().equals(metadata.get("bufferSha256"))) {
                    throw new ArtifactException(NAME, BUFFER, "does not have the sha256 that the file names");
                }
            } catch (IOException | RuntimeException e) {
                state.close();
                throw e;
            }
            return new Saved(
                    state, metadata.getOrDefault("origin", ""), Boolean.parseBoolean(metadata.get("numbers")), gamma);
        }
    }

    private static void fill(AnalyticState state, SafetensorsFile file, List<String> classes) throws IOException {
        MemorySegment packed = file.data(GRAM);
        long at = 0;
        for (int i = 0; i < state.buffer().expansion(); i++) {
            MemorySegment row = state.gram().upperRow(i);
            row.copyFrom(packed.asSlice(at, row.byteSize()));
            at += row.byteSize();
        }
        try (var _ = TensorScope.open()) {
            state.restore(
                    classes,
                    file.data(COUNTS).toArray(LONG),
                    Tensors.copy(
                            file.data(SUMS),
                            ScalarType.Double,
                            classes.size(),
                            state.buffer().expansion()));
        }
    }

    private static List<String> classes(String json) throws ArtifactException {
        List<String> classes = new ArrayList<>();
        try {
            for (JsonNode name : JSON.readTree(json)) {
                classes.add(name.asString());
            }
        } catch (JacksonException e) {
            throw new ArtifactException(NAME, null, "metadata: classes are not valid JSON");
        }
        if (classes.isEmpty() || classes.stream().distinct().count() != classes.size()) {
            throw new ArtifactException(NAME, null, "metadata: classes: expected names, none twice");
        }
        return classes;
    }

    private static double gamma(String text) throws ArtifactException {
        try {
            double gamma = Double.parseDouble(text);
            if (gamma > 0 && Double.isFinite(gamma)) {
                return gamma;
            }
        } catch (NumberFormatException _) {
            // refused as any other that is no γ
        }
        throw new ArtifactException(NAME, null, "metadata: gamma: expected a number above 0, found '" + text + "'");
    }

    private static List<Long> shape(SafetensorsFile file, String tensor, DType dtype, int dimensions)
            throws ArtifactException {
        TensorInfo info = file.tensor(tensor).orElseThrow(() -> new ArtifactException(NAME, tensor, "missing"));
        if (info.dtype() != dtype
                || info.shape().size() != dimensions
                || info.shape().stream().anyMatch(size -> size < 1 || size > 1L << 31)) {
            throw new ArtifactException(
                    NAME,
                    tensor,
                    "expected %s of %d dimensions, found %s %s"
                            .formatted(dtype, dimensions, info.dtype(), info.shapeText()));
        }
        return info.shape();
    }

    private static void require(SafetensorsFile file, String tensor, DType dtype, List<Long> expected)
            throws ArtifactException {
        List<Long> found = shape(file, tensor, dtype, expected.size());
        if (!found.equals(expected)) {
            throw new ArtifactException(NAME, tensor, "expected %s, found %s".formatted(expected, found));
        }
    }
}
