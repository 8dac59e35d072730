package dev.steelyard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class RateSearchTest {

    private static RateSearch run(List<Double> tried, DoubleUnaryOperator loss) {
        RateSearch search = new RateSearch(List.of(1e-3, 2e-3, 4e-3));
        for (List<Double> next = search.next(); !next.isEmpty(); next = search.next()) {
            for (double rate : next) {
                tried.add(rate);
                search.tried(rate, loss.applyAsDouble(rate));
            }
        }
        return search;
    }

    /** Smallest at a rate. */
    private static DoubleUnaryOperator valley(double best) {
        return rate -> Math.abs(Math.log(rate / best));
    }

    @Test
    void a_best_rate_between_two_others_is_taken() {
        List<Double> tried = new ArrayList<>();

        RateSearch search = run(tried, valley(2.1e-3));

        assertThat(search.best()).isEqualTo(2e-3);
        assertThat(search.isBracketed()).isTrue();
        assertThat(tried).containsExactly(1e-3, 2e-3, 4e-3);
    }

    @Test
    void beyond_an_end_that_is_best_the_search_goes_on() {
        List<Double> up = new ArrayList<>();
        List<Double> down = new ArrayList<>();

        assertThat(run(up, valley(8.5e-3)).best()).isEqualTo(8e-3);
        assertThat(run(down, valley(4.9e-4)).best()).isEqualTo(5e-4);

        assertThat(up).containsExactly(1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2);
        assertThat(down).containsExactly(1e-3, 2e-3, 4e-3, 5e-4, 2.5e-4);
    }

    @Test
    void a_search_without_end_is_given_up_and_says_so() {
        List<Double> tried = new ArrayList<>();

        RateSearch search = run(tried, rate -> -rate);

        assertThat(search.isBracketed()).isFalse();
        assertThat(tried).hasSize(7).endsWith(6.4e-2);
    }

    @Test
    void training_that_goes_astray_is_worse_than_any_other() {
        RateSearch search = run(new ArrayList<>(), rate -> rate > 6e-4 ? Double.NaN : 1 - rate);

        assertThat(search.best()).isEqualTo(5e-4);
    }

    @Test
    void one_rate_is_no_choice() {
        assertThatThrownBy(() -> new RateSearch(List.of(1.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1.0]");
    }
}
