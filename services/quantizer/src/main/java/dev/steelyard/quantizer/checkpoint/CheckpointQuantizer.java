package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.CheckpointIndex;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.LinearWeight;
import dev.steelyard.models.LinearWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.quantizer.compressed.PackedWeight;
import dev.steelyard.quantizer.compressed.QuantizationConfig;
import dev.steelyard.quantizer.compressed.WeightScheme;
import dev.steelyard.quantizer.grid.Granularity;
import dev.steelyard.quantizer.grid.Grid;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a model folder with some of its matrices quantized. Each file of the checkpoint becomes one file of the same
 * name; matrices are read from the mapping and written block by block, so that memory in use is that of a few blocks for
 * each thread, whatever the size of the model.
 */
public final class CheckpointQuantizer {
    private static final long COPY_BYTES = 8 << 20;

    /** Share of a job that this is; the rest is for what is measured on the result. */
    private static final double QUANTIZING = 0.9;

    private final Grid grid;
    private final ModuleSelection selection;
    private final GroupChoice choice;

    public CheckpointQuantizer(Grid grid, ModuleSelection selection, GroupChoice choice) {
        this.grid = grid;
        this.selection = selection;
        this.choice = choice;
    }

    /**
     * Quantizes a folder into an empty one.
     *
     * @throws MethodException naming file and tensor, when the checkpoint cannot be quantized
     * @throws dev.steelyard.artifacts.ArtifactException naming file and tensor, when it cannot be read
     */
    public QuantizedCheckpoint run(Path input, Path output, JobContext job)
            throws MethodException, IOException, InterruptedException {
        var folder = new ModelFolder(input);
        ObjectNode config = folder.config();
        try (Checkpoint checkpoint = folder.open();
                RowBlocks blocks = new RowBlocks(job)) {
            Map<String, Matrix> matrices = matrices(input, checkpoint);
            job.requireDisk(folder.companionBytes() + largestOutput(checkpoint));
            var run = new Run(checkpoint, matrices, blocks, output, job);
            for (String file : checkpoint.files()) {
                run.quantize(file);
            }
            folder.copyCompanions(output);
            folder.writeConfig(config, run.config.toJson(), output);
            return run.end();
        }
    }

    private Map<String, Matrix> matrices(Path input, Checkpoint checkpoint) throws MethodException, IOException {
        Map<String, Matrix> matrices = new LinkedHashMap<>();
        for (LinearWeight weight : LinearWeights.of(checkpoint, ModelConfig.read(input))) {
            if (selection.takes(weight)) {
                TensorInfo tensor = checkpoint.tensor(weight.name()).orElseThrow();
                String module = ModuleSelection.module(weight.name());
                matrices.put(
                        weight.name(),
                        new Matrix(input, weight.file(), module, tensor, checkpoint.data(weight.name())));
            }
        }
        if (matrices.isEmpty()) {
            throw selection.nothingTaken();
        }
        return matrices;
    }

    /** No more than the input takes: a quantized matrix is never larger than it was. */
    private static long largestOutput(Checkpoint checkpoint) {
        return checkpoint.files().stream()
                .flatMap(f -> checkpoint.tensors(f).stream())
                .mapToLong(TensorInfo::byteSize)
                .sum();
    }

    /** What to do with a tensor of the input. */
    private sealed interface Step {
        TensorInfo input();
    }

    private record Copy(TensorInfo input) implements Step {}

    private record Quantize(Matrix matrix, Granularity granularity) implements Step {
        @Override
        public TensorInfo input() {
            return matrix.info();
        }
    }

    /** One run, file after file. */
    private final class Run {
        private final Checkpoint checkpoint;
        private final Map<String, Matrix> matrices;
        private final RowBlocks blocks;
        private final Path output;
        private final JobContext job;
        private final long total;
        private final QuantizationConfig config = new QuantizationConfig();
        private final List<QuantizedMatrix> done = new ArrayList<>();
        private final TreeMap<String, String> fileOf = new TreeMap<>();
        private long inputBytes;
        private long outputBytes;
        private long parameters;

        Run(Checkpoint checkpoint, Map<String, Matrix> matrices, RowBlocks blocks, Path output, JobContext job) {
            this.checkpoint = checkpoint;
            this.matrices = matrices;
            this.blocks = blocks;
            this.output = output;
            this.job = job;
            total = Math.max(1, largestOutput(checkpoint));
        }

        void quantize(String file) throws MethodException, IOException, InterruptedException {
            List<Step> steps = new ArrayList<>();
            for (TensorInfo tensor : checkpoint.tensors(file)) {
                job.checkCancelled();
                Matrix matrix = matrices.get(tensor.name());
                steps.add(
                        matrix == null
                                ? new Copy(tensor)
                                : new Quantize(matrix, choice.choose(new MatrixReader(matrix, blocks))));
            }
            List<TensorInfo> written =
                    steps.stream().flatMap(s -> written(s).stream()).toList();
            try (var writer = SafetensorsWriter.create(output.resolve(file), written, Map.of("format", "pt"))) {
                for (Step step : steps) {
                    switch (step) {
                        case Copy(TensorInfo tensor) -> copy(tensor, writer);
                        case Quantize(Matrix matrix, Granularity granularity) -> quantize(matrix, granularity, writer);
                    }
                    inputBytes += step.input().byteSize();
                    parameters += step.input().elements();
                }
                writer.finish();
            }
            written.forEach(t -> fileOf.put(t.name(), file));
            outputBytes += written.stream().mapToLong(TensorInfo::byteSize).sum();
        }

        private List<TensorInfo> written(Step step) {
            return switch (step) {
                case Copy(TensorInfo tensor) -> List.of(tensor);
                case Quantize(Matrix matrix, Granularity granularity) ->
                    packed(matrix, granularity).tensors();
            };
        }

        private PackedWeight packed(Matrix matrix, Granularity granularity) {
            return new PackedWeight(
                    matrix.module(),
                    matrix.info().dtype(),
                    matrix.rows(),
                    matrix.cols(),
                    grid,
                    granularity.sizeIn(matrix.cols()));
        }

        private void quantize(Matrix matrix, Granularity granularity, SafetensorsWriter writer)
                throws MethodException, IOException, InterruptedException {
            job.progress(
                    QUANTIZING * inputBytes / total, "%s: group %s".formatted(matrix.module(), granularity.label()));
            QuantizedMatrix quantized =
                    new MatrixWriter(matrix, packed(matrix, granularity), writer).write(blocks, granularity);
            config.add(matrix.module(), new WeightScheme(grid, granularity));
            job.metric("sqnr", done.size(), quantized.sqnr());
            done.add(quantized);
        }

        private void copy(TensorInfo tensor, SafetensorsWriter writer) throws IOException, InterruptedException {
            MemorySegment data = checkpoint.data(tensor.name());
            for (long at = 0; at < data.byteSize(); at += COPY_BYTES) {
                job.checkCancelled();
                writer.write(tensor.name(), at, data.asSlice(at, Math.min(COPY_BYTES, data.byteSize() - at)));
            }
        }

        QuantizedCheckpoint end() throws IOException {
            if (checkpoint.isSharded()) {
                new CheckpointIndex(fileOf).write(output, outputBytes);
            }
            return new QuantizedCheckpoint(inputBytes, outputBytes, parameters, done);
        }
    }
}
