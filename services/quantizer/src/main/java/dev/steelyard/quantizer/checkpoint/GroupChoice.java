package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.method.MethodException;
import dev.steelyard.quantizer.grid.Granularity;
import java.io.IOException;

/** Decides how many weights of a matrix share a scale. */
@FunctionalInterface
public interface GroupChoice {

    /** @throws MethodException when the matrix cannot be quantized so, naming file and tensor */
    Granularity choose(MatrixReader matrix) throws MethodException, IOException, InterruptedException;
}
