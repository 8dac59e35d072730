package dev.steelyard.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class TorchTest {
    private final Torch engine = Torch.start(2);

    @Test
    void computes_on_the_threads_it_was_started_with() {
        assertThat(torch.get_num_threads()).isEqualTo(2);
        assertThat(engine.threads()).isEqualTo(2);
    }

    @Test
    void second_start_with_other_threads_is_refused() {
        assertThat(Torch.start(2)).isSameAs(engine);
        assertThatThrownBy(() -> Torch.start(3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("libtorch runs with 2 threads in this process; asked for 3");
        assertThatThrownBy(() -> Torch.start(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mapped_checkpoints_do_not_count_against_the_heap() {
        assertThat(Pointer.maxBytes()).isZero();
        assertThat(Pointer.maxPhysicalBytes()).isZero();
    }

    @Test
    void operations_without_a_deterministic_form_are_refused() {
        assertThat(torch.globalContext().deterministicAlgorithms()).isTrue();
        assertThat(torch.globalContext().deterministicAlgorithmsWarnOnly()).isFalse();
    }

    @Test
    void generator_gives_the_same_numbers_for_the_same_seed() {
        assertThat(normal(7)).containsExactly(normal(7));
        assertThat(normal(7)).isNotEqualTo(normal(8));
    }

    @Test
    void interrupt_while_a_library_loads_stays_pending() {
        Thread.currentThread().interrupt();

        String loaded = NativeLoading.run("sample", () -> {
            Thread.sleep(20);
            return "loaded";
        });

        assertThat(loaded).isEqualTo("loaded");
        assertThat(Thread.interrupted()).isTrue();
    }

    private float[] normal(long seed) {
        try (var _ = TensorScope.open()) {
            return Tensors.toFloats(torch.randn(new long[] {64}, new GeneratorOptional(engine.generator(seed))));
        }
    }
}
