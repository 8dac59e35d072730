package dev.steelyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.cli.client.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JobViewTest {

    @Test
    void figures_are_sizes_where_they_are_named_so_and_short_numbers_else() {
        assertThat(JobView.figure("bytesAfter", json("53300000"))).isEqualTo("53.3 MB");
        assertThat(JobView.figure("meanCosine", json("0.923581234567"))).isEqualTo("0.92358");
        assertThat(JobView.figure("scale", json("1.5e-7"))).isEqualTo("0.00000015");
        assertThat(JobView.figure("tensors", json("101"))).isEqualTo("101");
        assertThat(JobView.figure("note", json("\"as asked\""))).isEqualTo("as asked");
    }

    @Test
    void a_conclusion_tells_the_time_or_whose_result_it_is() {
        assertThat(JobView.conclusion(job(""))).first().isEqualTo("job 7 SUCCEEDED in 9.8 s");
        assertThat(JobView.conclusion(job("3")))
                .containsExactly(
                        "job 7 SUCCEEDED, from the result of job 3",
                        "  figures:",
                        "    bits  4",
                        "  OUTPUT  ARTIFACT   KIND   SIZE    FILES",
                        "  model   sha256:ab  model  1.5 kB  2");
    }

    private static Job job(String cachedFrom) {
        Instant start = Instant.parse("2031-01-01T00:00:00Z");
        return new Job(
                "7",
                "quantizer/finequant",
                "1",
                Job.State.SUCCEEDED,
                Map.of(),
                Map.of(),
                0,
                true,
                Map.of(),
                cachedFrom,
                1,
                List.of(),
                Optional.empty(),
                Map.of("model", new Job.Output("sha256:ab", "model", 1500, 2)),
                Map.of("bits", json("4")),
                Optional.empty(),
                Optional.of(start),
                Optional.of(start),
                Optional.of(start.plusMillis(9800)));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
