package dev.steelyard.incremental.images;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Looks whether a model's weights can be what its {@code config.json} says, before memory is taken for them. */
public final class WeightsInFile {
    private WeightsInFile() {}

    /**
     * Looks at the header of {@code model.safetensors}.
     *
     * @param field of config.json that has the sizes of layers
     * @param least weights that they make at the least
     * @throws ArtifactException naming the field, when the file holds fewer
     */
    public static void require(Path folder, String field, List<Integer> sizes, long least) throws IOException {
        try (var file = SafetensorsFile.open(folder.resolve(Checkpoint.SINGLE))) {
            long found = file.tensors().stream().mapToLong(TensorInfo::elements).sum();
            if (found < least) {
                throw new ArtifactException(
                                "config.json",
                                null,
                                "%s: %s make %d weights or more, %s holds %d"
                                        .formatted(field, sizes, least, Checkpoint.SINGLE, found))
                        .in(folder);
            }
        }
    }
}
