package dev.steelyard.artifacts.gguf;

import dev.steelyard.artifacts.safetensors.ShardedWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;

/**
 * A parameter and the tensor it comes from.
 *
 * @param name in transformers
 * @param turnedHeads heads whose rows rotary positions turn; 0: rows stay in order
 */
record LlamaTensor(String name, GgufTensor source, int turnedHeads) {
    private static final long PIECE = 1 << 18; // elements

    TensorInfo info(WeightType type) {
        return new TensorInfo(name, type.dtype(), source.shape());
    }

    /** Writes it, a block of rows at a time. */
    void write(ShardedWriter writer, WeightType type) throws IOException {
        int width = Math.toIntExact(source.rowElements());
        long rows = source.rows();
        long perPiece = Math.clamp(PIECE / width, 1, rows);
        float[] piece = new float[Math.toIntExact(perPiece * width)];
        for (long first = 0; first < rows; first += perPiece) {
            int count = (int) Math.min(perPiece, rows - first);
            for (int i = 0; i < count; i++) {
                source.readRow(sourceRow(first + i), piece, i * width);
            }
            writer.write(name, first * width * type.dtype().bytes(), type.encode(piece, count * width));
        }
    }

    /** llama.cpp turns neighbouring rows of a head, 2i with 2i + 1; transformers row i with row i + d/2. */
    long sourceRow(long row) {
        if (turnedHeads == 0) {
            return row;
        }
        long size = source.rows() / turnedHeads;
        long inHead = row % size;
        return row - inHead + 2 * (inHead % (size / 2)) + inHead / (size / 2);
    }
}
