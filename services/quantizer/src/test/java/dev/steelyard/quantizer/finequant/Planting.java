package dev.steelyard.quantizer.finequant;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.models.LinearWeight;
import dev.steelyard.models.LinearWeights;
import dev.steelyard.models.ModelConfig;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A copy of a float32 model in which some matrices have outlier rows: seen as [in, out], as the paper writes weights, a
 * row is what one input contributes to all outputs.
 */
final class Planting {
    private static final double FACTOR = 32;
    private static final int SHARE = 6;

    private Planting() {}

    /**
     * Scales up rows of a sixth of the linear layers, chosen at random.
     *
     * @param rows how many in each, at random
     * @return names of the modules
     */
    static SortedSet<String> plant(Path model, Path planted, int rows, long seed) throws IOException {
        Files.createDirectories(planted);
        for (String file : new String[] {"config.json", "tokenizer.json"}) {
            Files.copy(model.resolve(file), planted.resolve(file));
        }
        Random random = new Random(seed);
        SortedSet<String> modules = new TreeSet<>();
        try (var checkpoint = Checkpoint.open(model)) {
            List<LinearWeight> linear = new ArrayList<>(LinearWeights.of(checkpoint, ModelConfig.read(model)));
            Collections.shuffle(linear, random); // a fixed stride would hit the same kind of matrix in every layer
            SortedSet<String> chosen = new TreeSet<>();
            for (LinearWeight weight : linear.subList(0, linear.size() / SHARE)) {
                chosen.add(weight.name());
                modules.add(weight.name().replace(".weight", ""));
            }
            List<TensorInfo> tensors = List.copyOf(checkpoint.tensors(Checkpoint.SINGLE));
            try (var writer =
                    SafetensorsWriter.create(planted.resolve(Checkpoint.SINGLE), tensors, Map.of("format", "pt"))) {
                for (TensorInfo tensor : tensors) {
                    MemorySegment data = checkpoint.data(tensor.name());
                    writer.write(
                            tensor.name(),
                            0,
                            chosen.contains(tensor.name()) ? scaleUp(tensor, data, rows, random) : data);
                }
                writer.finish();
            }
        }
        return modules;
    }

    /**
     * Scales rows to {@link #FACTOR} times the matrix's root mean square, whatever they were: a row that stuck out before
     * would otherwise be all that the signal consists of.
     */
    private static MemorySegment scaleUp(TensorInfo tensor, MemorySegment data, int rows, Random random) {
        float[] weights = data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        int in = Math.toIntExact(tensor.shape().get(1));
        double target = FACTOR * rootMeanSquare(weights, 0, 1);
        random.ints(0, in).distinct().limit(rows).forEach(row -> {
            float factor = (float) (target / rootMeanSquare(weights, row, in));
            for (int i = row; i < weights.length; i += in) {
                weights[i] *= factor;
            }
        });
        return MemorySegment.ofArray(weights);
    }

    private static double rootMeanSquare(float[] weights, int from, int step) {
        double squares = 0;
        int n = 0;
        for (int i = from; i < weights.length; i += step) {
            squares += (double) weights[i] * weights[i];
            n++;
        }
        return Math.sqrt(squares / n);
    }
}
