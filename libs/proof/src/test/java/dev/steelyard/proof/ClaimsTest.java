package dev.steelyard.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ClaimsTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Claims claims() throws IOException {
        return new Claims("a/b", folder.resolve("a-b.json"));
    }

    private JsonNode written() {
        return new JsonMapper().readTree(folder.resolve("a-b.json").toFile());
    }

    @Test
    void figures_on_their_bounds_pass() throws IOException {
        Claims claims = claims();
        claims.atLeast("more", 5, 5);
        claims.atMost("less", 0.1, 0.1);

        assertThatCode(() -> claims.publish(out)).doesNotThrowAnyException();

        assertThat(written()).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.propertyNames()).containsExactly("claim", "measured", "bound", "verdict");
            assertThat(entry.path("measured").isNumber()).isTrue();
            assertThat(entry.path("bound").isNumber()).isTrue();
            assertThat(entry.path("verdict").asString()).isEqualTo("PASS");
        });
    }

    @Test
    void a_figure_beyond_its_bound_fails_the_proof_by_name_and_is_written() throws IOException {
        Claims claims = claims();
        claims.atLeast("good", 6, 5);
        claims.atMost("too much", 5.001, 5);

        assertThatThrownBy(() -> claims.publish(out))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a/b: 1 of 2 claims do not hold: too much");

        assertThat(written().path(1).path("verdict").asString()).isEqualTo("FAIL");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("FAIL")
                .contains("5.001")
                .contains("≤ 5");
    }

    @Test
    void what_is_not_a_number_fails_either_way_and_is_still_json() throws IOException {
        Claims claims = claims();
        claims.atLeast("least", Double.NaN, 0);
        claims.atMost("most", Double.NaN, 0);

        assertThatThrownBy(() -> claims.publish(out)).hasMessageContaining("2 of 2");

        assertThat(written().path(0).path("measured").asDouble()).isEqualTo(-Double.MAX_VALUE);
        assertThat(written().path(1).path("measured").asDouble()).isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void equality_is_held_as_a_number_of_differences() throws IOException {
        Claims claims = claims();
        claims.equal("same", "x", "x");
        claims.holds("true", true);
        claims.equal("other", "x", "y");
        claims.holds("untrue", false);

        assertThatThrownBy(() -> claims.publish(out)).hasMessageContaining("2 of 4");

        assertThat(written().path(0).path("measured").asDouble()).isZero();
        assertThat(written().path(2).path("measured").asDouble()).isOne();
    }

    @Test
    void notes_and_what_was_not_measured_are_printed_but_not_written() throws IOException {
        Claims claims = claims();
        claims.atLeast("more", 6, 5);
        claims.note("speed", 12.5, "GB/s");
        claims.notMeasured("against another", "it is not installed");

        claims.publish(out);

        assertThat(written()).hasSize(1);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("12.5 GB/s")
                .contains("NOT MEASURED")
                .contains("it is not installed");
    }

    @Test
    void a_proof_without_any_bound_fails() throws IOException {
        Claims claims = claims();
        claims.note("speed", 12.5, "GB/s");

        assertThatThrownBy(() -> claims.publish(out)).hasMessageContaining("nothing was measured");
    }

    @Test
    void a_proof_that_breaks_off_leaves_no_result_of_an_earlier_one() throws IOException {
        Files.writeString(folder.resolve("a-b.json"), "[]");

        Claims unused = claims();

        assertThat(unused).isNotNull();
        assertThat(folder.resolve("a-b.json")).doesNotExist();
    }
}
