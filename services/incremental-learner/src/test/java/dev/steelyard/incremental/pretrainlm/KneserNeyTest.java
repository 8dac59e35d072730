package dev.steelyard.incremental.pretrainlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class KneserNeyTest {
    private static final int VOCABULARY = 7;

    @Test
    void probabilities_of_all_tokens_sum_to_one_after_any_history() {
        int[] stream = random().ints(400, 0, VOCABULARY - 1)
                .map(t -> t * t % VOCABULARY)
                .toArray();
        for (int order = 1; order <= 3; order++) {
            var model = new KneserNey(stream, VOCABULARY, order);
            for (int history = 0; history < VOCABULARY * VOCABULARY; history++) {
                double sum = 0;
                for (int token = 0; token < VOCABULARY; token++) {
                    int[] text = {history / VOCABULARY, history % VOCABULARY, token};
                    sum += model.probability(text, 2);
                }
                assertThat(sum).isCloseTo(1, within(1e-12));
            }
        }
    }

    /**
     * The stream 0 1 0 2 0 1 has the pairs 01, 01, 10, 02, 20: D₂ = 3/(3 + 2·1). 1 follows {0}; 0 follows {1, 2}; 2 follows
     * {0}: counts 2, 1, 1 in order 1, D₁ = 2/(2 + 2·1).
     */
    @Test
    void pairs_are_counted_and_discounted() {
        var model = new KneserNey(new int[] {0, 1, 0, 2, 0, 1}, 3, 2);
        double one = (1 - 0.5 + 0.5 * 3 / 3) / 4; // p₁(1)
        double expected = (2 - 0.6 + 0.6 * 2 * one) / 3; // p₂(1 | 0)

        assertThat(model.probability(new int[] {0, 1}, 1)).isCloseTo(expected, within(1e-12));
        assertThat(model.loss(new int[] {0, 1})).isCloseTo(-Math.log(expected), within(1e-12));
    }

    @Test
    void loss_comes_near_the_entropy_of_the_source() {
        RandomGenerator random = random();
        int[] stream = new int[200_000];
        for (int i = 1; i < stream.length; i++) {
            stream[i] = random.nextDouble() < 0.75 ? (stream[i - 1] + 1) % 4 : random.nextInt(4);
        }
        double stays = 0.25 / 4;
        double entropy = -(0.75 + stays) * Math.log(0.75 + stays) - 3 * stays * Math.log(stays);
        int[] other = Arrays.copyOfRange(stream, 100_000, 200_000);

        assertThat(new KneserNey(Arrays.copyOf(stream, 100_000), 4, 2).loss(other))
                .isCloseTo(entropy, within(0.01));
        assertThat(new KneserNey(Arrays.copyOf(stream, 100_000), 4, 1).loss(other))
                .isGreaterThan(entropy + 0.3);
    }

    private static RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    }
}
