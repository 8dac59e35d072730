package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.method.MethodException;
import dev.steelyard.quantizer.grid.GroupRanges;
import java.io.IOException;
import java.util.List;

/** What a {@link GroupChoice} may ask of a matrix. */
public final class MatrixReader {
    private final Matrix matrix;
    private final RowBlocks blocks;

    MatrixReader(Matrix matrix, RowBlocks blocks) {
        this.matrix = matrix;
        this.blocks = blocks;
    }

    public int cols() {
        return matrix.cols();
    }

    /** A failure of this matrix, to be thrown. */
    public MethodException refuse(String detail) {
        return matrix.refuse(detail);
    }

    /**
     * Reads the whole matrix once.
     *
     * @param sizes group sizes as {@link GroupRanges} takes them
     * @throws MethodException when a weight is not finite
     */
    public GroupRanges ranges(int[] sizes) throws MethodException, IOException, InterruptedException {
        List<GroupRanges> parts = blocks.run(matrix, (from, to) -> {
            var ranges = new GroupRanges(matrix.format(), matrix.cols(), sizes);
            for (int row = from; row < to; row++) {
                if (!ranges.add(matrix.data(), row * matrix.rowBytes())) {
                    throw matrix.notFinite(row);
                }
            }
            return ranges;
        });
        var all = new GroupRanges(matrix.format(), matrix.cols(), sizes);
        parts.forEach(all::add);
        return all;
    }
}
