package dev.steelyard.incremental.adamp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.tensor.Torch;
import org.junit.jupiter.api.Test;

class NormLawTest {
    private final NormLaw law = new NormLaw(Torch.start(2));

    @Test
    void norms_grow_as_the_theory_says() {
        assertThat(law.plain().worst()).isLessThan(1e-12);
        assertThat(law.momentum().worst()).isLessThan(1e-12);
        assertThat(law.projected().worst()).isLessThan(1e-12);
    }

    @Test
    void projected_momentum_descends_further_than_momentum() {
        assertThat(law.projected().objective()).isLessThan(0.8 * law.momentum().objective());
        assertThat(law.momentum().objective()).isLessThan(law.plain().objective());
    }
}
