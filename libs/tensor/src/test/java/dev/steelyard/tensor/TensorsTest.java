package dev.steelyard.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorsTest {
    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void mapped_file_is_read_without_a_copy(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("weights"), new byte[24]);
        try (var arena = Arena.ofConfined();
                var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var _ = TensorScope.open()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 24, arena);
            Tensor view = Tensors.view(mapped, ScalarType.Float, 2, 3);
            mapped.setAtIndex(ValueLayout.JAVA_FLOAT, 5, 7.5f);

            assertThat(Shapes.of(view)).containsExactly(2, 3);
            assertThat(Tensors.toFloats(view)).containsExactly(0, 0, 0, 0, 0, 7.5f);
            assertThat(Tensors.segment(view).address()).isEqualTo(mapped.address());
        }
    }

    @Test
    void half_precision_types_keep_their_bits() {
        // 1.5 and -2 as bfloat16, then as IEEE half
        short[] bfloat16 = {(short) 0x3FC0, (short) 0xC000};
        short[] half = {(short) 0x3E00, (short) 0xC000};
        try (var _ = TensorScope.open()) {
            Tensor b = Tensors.copy(MemorySegment.ofArray(bfloat16), ScalarType.BFloat16, 2);
            Tensor h = Tensors.copy(MemorySegment.ofArray(half), ScalarType.Half, 2);

            assertThat(Tensors.toFloats(b)).containsExactly(1.5f, -2f);
            assertThat(Tensors.toFloats(h)).containsExactly(1.5f, -2f);
            assertThat(Tensors.segment(b).toArray(ValueLayout.JAVA_SHORT)).containsExactly(bfloat16);
        }
    }

    @Test
    void unaligned_memory_is_copied() {
        try (var arena = Arena.ofConfined();
                var _ = TensorScope.open()) {
            MemorySegment unaligned = arena.allocate(16, 8).asSlice(1, 8);
            unaligned.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4, 3f);
            Tensor tensor = Tensors.view(unaligned, ScalarType.Float, 2);

            assertThat(Tensors.toFloats(tensor)).containsExactly(0f, 3f);
            assertThat(Tensors.segment(tensor).address()).isNotEqualTo(unaligned.address());
        }
    }

    @Test
    void size_that_is_not_that_of_the_shape_is_refused() {
        try (var arena = Arena.ofConfined();
                var _ = TensorScope.open()) {
            MemorySegment segment = arena.allocate(20, 8);
            assertThatThrownBy(() -> Tensors.view(segment, ScalarType.Float, 2, 3))
                    .hasMessage("Float [2, 3] needs 24 bytes, the segment has 20");
            assertThatThrownBy(() -> Tensors.of(new float[5], 2, 3)).hasMessageContaining("needs 24 bytes");
            assertThatThrownBy(() -> Tensors.view(MemorySegment.ofArray(new float[1]), ScalarType.Float, 1))
                    .hasMessageContaining("heap");
            assertThatThrownBy(() -> Tensors.view(segment, ScalarType.Float, Long.MAX_VALUE, 3))
                    .hasMessageContaining("too many elements");
        }
    }

    @Test
    void transposed_tensor_is_read_in_row_major_order() {
        try (var _ = TensorScope.open()) {
            Tensor transposed = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t();

            assertThat(Tensors.toFloats(transposed)).containsExactly(1, 4, 2, 5, 3, 6);
            assertThatThrownBy(() -> Tensors.segment(transposed)).hasMessageContaining("contiguous");
        }
    }

    @Test
    void empty_and_scalar_tensors_have_their_elements() {
        try (var _ = TensorScope.open()) {
            assertThat(Tensors.toFloats(Tensors.of(new float[0], 0, 4))).isEmpty();
            assertThat(Tensors.toLongs(Tensors.of(new long[] {42}))).containsExactly(42);
            assertThat(Shapes.of(Tensors.of(new long[] {42}))).isEmpty();
            assertThat(Tensors.toDoubles(Tensors.of(new double[] {Math.PI}, 1))).containsExactly(Math.PI);
        }
    }

    @Test
    void wrong_shape_is_named() {
        try (var _ = TensorScope.open()) {
            Tensor weight = Tensors.of(new float[6], 2, 3);

            assertThat(Shapes.require("w", weight, 2, Shapes.ANY)).isSameAs(weight);
            assertThatThrownBy(() -> Shapes.require("encoder.weight", weight, Shapes.ANY, 4))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("encoder.weight: expected [*, 4], found [2, 3]");
            assertThatThrownBy(() -> Shapes.require("encoder.weight", weight, 6))
                    .hasMessage("encoder.weight: expected [6], found [2, 3]");
        }
    }

    @Test
    void values_survive_an_operation() {
        try (var _ = TensorScope.open()) {
            Tensor a = Tensors.of(new float[] {1, 2, 3, 4}, 2, 2);
            assertThat(Tensors.toFloats(torch.matmul(a, a))).containsExactly(7, 10, 15, 22);
        }
    }
}
