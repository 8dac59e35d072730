package dev.steelyard.incremental.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private final List<Tensor> made = new ArrayList<>();

    /** Two layers, of which the second may be refused. */
    private final class Model implements AutoCloseable {
        private final ParameterStore first = new ParameterStore();
        private final ParameterStore second;

        private Model(boolean fits) {
            try (Closing unfinished = new Closing()) {
                unfinished.with(first, ParameterStore::close);
                made.add(first.parameter("first", () -> torch.ones(3)));
                second = unfinished.with(new ParameterStore(), ParameterStore::close);
                made.add(second.parameter("second", () -> torch.ones(3)));
                if (!fits) {
                    throw new IllegalArgumentException("second");
                }
                unfinished.keep();
            }
        }

        @Override
        public void close() {
            second.close();
            first.close();
        }
    }

    @BeforeAll
    static void start() {
        Torch.start(2);
    }

    @Test
    void what_a_constructor_made_before_it_refuses_is_freed() {
        assertThatThrownBy(() -> new Model(false)).hasMessage("second");

        assertThat(made).extracting(tensor -> tensor.isNull()).containsExactly(true, true);
    }

    @Test
    void what_was_kept_lives_until_its_owner_is_closed() {
        try (Model _ = new Model(true)) {
            assertThat(made).extracting(tensor -> tensor.isNull()).containsExactly(false, false);
        }
        assertThat(made).extracting(tensor -> tensor.isNull()).containsExactly(true, true);
    }

    @Test
    void the_last_is_closed_first() {
        List<String> closed = new ArrayList<>();
        try (Closing closing = new Closing()) {
            closing.with("first", closed::add);
            closing.with("second", closed::add);
        }
        assertThat(closed).containsExactly("second", "first");
    }
}
