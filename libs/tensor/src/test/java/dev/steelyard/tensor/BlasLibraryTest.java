package dev.steelyard.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BlasLibraryTest {
    @Test
    void mkl_is_taken_where_it_is_packed() {
        assertThat(BlasLibrary.choose(null, true)).isEqualTo(BlasLibrary.MKL);
        assertThat(BlasLibrary.choose(null, false)).isEqualTo(BlasLibrary.OPENBLAS);
    }

    @Test
    void an_operator_may_choose() {
        assertThat(BlasLibrary.choose("openblas", true)).isEqualTo(BlasLibrary.OPENBLAS);
        assertThat(BlasLibrary.choose("mkl", true)).isEqualTo(BlasLibrary.MKL);
    }

    @Test
    void a_choice_that_cannot_be_had_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlasLibrary.choose("mkl", false))
                .withMessage("steelyard.blas: mkl is not packed in this build");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlasLibrary.choose("blis", true))
                .withMessage("steelyard.blas: blis; must be mkl or openblas");
    }
}
