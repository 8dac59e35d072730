package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.tensor.TensorScope;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {
    @Test
    void tensor_of_a_type_that_is_not_computed_with_is_named(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("model.safetensors");
        var infos = List.of(TensorInfo.of("layer.weight", DType.I8, 2, 2));
        try (var writer = SafetensorsWriter.create(file, infos, Map.of())) {
            writer.write("layer.weight", 0, MemorySegment.ofArray(new byte[4]));
            writer.finish();
        }

        try (var _ = TensorScope.open()) {
            assertThatThrownBy(() -> TensorFile.read(file))
                    .hasMessage("model.safetensors: layer.weight: is of type I8, which is not read")
                    .isInstanceOfSatisfying(ArtifactException.class, e -> {
                        assertThat(e.tensor()).contains("layer.weight");
                        assertThat(e.place()).contains(file);
                    });
        }
    }
}
