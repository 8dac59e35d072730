package dev.steelyard.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, layers.0.weight, true",
        "*, '', true",
        "'', '', true",
        "'', a, false",
        "*_proj.weight, model.layers.0.self_attn.q_proj.weight, true",
        "*_proj.weight, model.layers.0.self_attn.q_proj.bias, false",
        "layers.*.norm.*, layers.3.norm.weight, true",
        "layers.*.norm.*, layers.3.norm, false",
        "layers.0, layers.0, true",
        "layers.0, layersX0, false",
        "layers.0, layers.01, false",
        "a*b*b, abb, true",
        "a*b*b, ab, false",
        "*a*, bab, true",
        "*ab, aab, true",
        "**, x, true",
        "(a+)+, (a+)+, true",
    })
    void star_stands_for_any_characters(String pattern, String name, boolean fits) {
        assertThat(new NamePattern(pattern).fits(name)).isEqualTo(fits);
    }

    @Test
    void one_of_several_is_enough() {
        assertThat(NamePattern.anyFits(List.of("x", "a*"), "ab")).isTrue();
        assertThat(NamePattern.anyFits(List.of("x", "b*"), "ab")).isFalse();
        assertThat(NamePattern.anyFits(List.of(), "ab")).isFalse();
    }

    @Test
    void many_stars_take_no_longer() {
        String name = "a".repeat(2000);

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(new NamePattern("*a".repeat(500) + "b").fits(name))
                        .isFalse());
    }
}
