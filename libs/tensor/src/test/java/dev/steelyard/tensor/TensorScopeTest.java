package dev.steelyard.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TensorScopeTest {
    private static final long MIB = 1024 * 1024;

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void tensors_are_freed_with_their_scope() {
        Tensor tensor;
        try (var _ = TensorScope.open()) {
            tensor = Tensors.of(new float[] {1}, 1);
            assertThat(tensor.isNull()).isFalse();
        }
        assertThat(tensor.isNull()).isTrue();
    }

    @Test
    void kept_tensor_belongs_to_the_outer_scope() {
        Tensor kept;
        try (var _ = TensorScope.open()) {
            try (var inner = TensorScope.open()) {
                kept = inner.keep(Tensors.of(new float[] {5}, 1));
            }
            assertThat(Tensors.toFloats(kept)).containsExactly(5);
        }
        assertThat(kept.isNull()).isTrue();
    }

    @Test
    void tensor_kept_by_the_outermost_scope_belongs_to_the_caller() {
        Tensor kept;
        try (var scope = TensorScope.open()) {
            kept = scope.keep(Tensors.of(new float[] {5}, 1));
        }
        assertThat(Tensors.toFloats(kept)).containsExactly(5);
        kept.close();
        assertThat(kept.isNull()).isTrue();
    }

    @Test
    void owned_tensor_outlives_all_scopes() {
        Tensor weight;
        try (var owner = new TensorOwner()) {
            try (var _ = TensorScope.open()) {
                weight = owner.own(Tensors.of(new float[] {5}, 1));
            }
            assertThat(Tensors.toFloats(weight)).containsExactly(5);
        }
        assertThat(weight.isNull()).isTrue();
    }

    @Test
    void scope_is_refused_to_another_thread() throws InterruptedException {
        try (var scope = TensorScope.open()) {
            Tensor tensor = Tensors.of(new float[] {5}, 1);
            var failure = new Throwable[1];
            Thread other = Thread.ofPlatform().name("other").start(() -> {
                try {
                    scope.keep(tensor);
                } catch (IllegalStateException e) {
                    failure[0] = e;
                }
            });
            other.join();
            assertThat(failure[0]).hasMessageContaining("used by other");
        }
    }

    @Test
    void gradients_are_recorded_again_after_no_grad() {
        try (var _ = TensorScope.open()) {
            Tensor w = Tensors.of(new float[] {2}, 1).set_requires_grad(true);
            try (var _ = NoGrad.begin()) {
                assertThat(torch.mul(w, w).requires_grad()).isFalse();
            }
            assertThat(torch.mul(w, w).requires_grad()).isTrue();
        }
    }

    @Test
    void no_grad_is_refused_on_a_virtual_thread() throws InterruptedException {
        var failure = new Throwable[1];
        Thread.ofVirtual()
                .start(() -> {
                    try (var _ = NoGrad.begin()) {
                        throw new AssertionError("accepted");
                    } catch (IllegalStateException e) {
                        failure[0] = e;
                    }
                })
                .join();
        assertThat(failure[0]).hasMessageContaining("platform thread");
    }

    /** A training step makes some 4 MiB of tensors; 1,000 of them would leave 4 GiB behind. */
    @Test
    void resident_memory_stays_flat_over_1000_training_steps() throws IOException {
        try (var _ = TensorScope.open()) {
            Tensor w = torch.zeros(256, 256).set_requires_grad(true);
            Tensor x = torch.ones(512, 256);
            long afterWarmUp = 0;
            for (int step = 0; step < 1000; step++) {
                trainingStep(w, x);
                if (step == 200) {
                    afterWarmUp = residentBytes();
                }
            }
            assertThat(residentBytes() - afterWarmUp).isLessThan(48 * MIB);
            assertThat(w.sum().item_float()).isNotZero();
        }
    }

    private static void trainingStep(Tensor w, Tensor x) {
        try (var _ = TensorScope.open()) {
            Tensor y = torch.relu(torch.matmul(x, w).add(new Scalar(1f)));
            torch.mean(y.mul(y)).backward();
            try (var _ = NoGrad.begin()) {
                w.sub_(w.grad().mul(new Scalar(0.01f)));
                w.mutable_grad().reset();
            }
        }
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS in /proc/self/status");
    }
}
