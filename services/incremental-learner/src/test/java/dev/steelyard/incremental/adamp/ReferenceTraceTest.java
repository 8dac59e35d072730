package dev.steelyard.incremental.adamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.tensor.Torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReferenceTraceTest {

    @BeforeAll
    static void startTorch() {
        Torch.start(2);
    }

    @Test
    void adamp_and_sgdp_follow_the_reference_in_double_precision() {
        assertThat(ReferenceTrace.worst(ScalarType.Double)).isLessThan(1e-10);
    }

    @Test
    void adamp_and_sgdp_follow_the_reference_in_single_precision() {
        assertThat(ReferenceTrace.worst(ScalarType.Float)).isLessThan(1e-5);
    }
}
