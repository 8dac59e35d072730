package dev.steelyard.quantizer.compressed;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.kernels.FloatFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the quantized weights of a model as plain tensors, as this project reads them. */
public final class Dequantized {
    private static final String SHAPE = ".weight_shape";

    private Dequantized() {}

    /**
     * Reads every packed weight of a folder.
     *
     * @param file takes a tensor "….weight" for each, of the type it had before
     */
    public static void write(Path model, Path file) throws IOException {
        try (var checkpoint = Checkpoint.open(model)) {
            List<PackedWeight> weights = new ArrayList<>();
            for (String name : checkpoint.names()) {
                if (name.endsWith(SHAPE)) {
                    long cols = checkpoint.data(name).get(ValueLayout.JAVA_LONG_UNALIGNED, Long.BYTES);
                    String module = name.substring(0, name.length() - SHAPE.length());
                    weights.add(PackedWeight.read(checkpoint, module, Math.toIntExact(cols)));
                }
            }
            List<TensorInfo> tensors = weights.stream().map(Dequantized::plain).toList();
            try (var writer = SafetensorsWriter.create(file, tensors, Map.of("format", "pt"))) {
                for (PackedWeight weight : weights) {
                    writer.write(plain(weight).name(), 0, values(checkpoint, weight));
                }
                writer.finish();
            }
        }
    }

    private static TensorInfo plain(PackedWeight weight) {
        return TensorInfo.of(weight.module() + ".weight", weight.dtype(), weight.rows(), weight.cols());
    }

    private static MemorySegment values(Checkpoint checkpoint, PackedWeight weight) throws IOException {
        FloatFormat format = weight.format();
        DType dtype = weight.dtype();
        MemorySegment values = MemorySegment.ofArray(new byte[weight.rows() * weight.cols() * dtype.bytes()]);
        var reader = new RowReader(checkpoint, weight);
        float[] row = new float[weight.cols()];
        for (int r = 0; r < weight.rows(); r++) {
            reader.read(r, row);
            for (int c = 0; c < row.length; c++) {
                format.set(values, ((long) r * row.length + c) * format.bytes(), row[c]);
            }
        }
        return values;
    }
}
