package dev.steelyard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonShapesTest {

    @Test
    void what_an_answer_leaves_out_reads_as_empty() {
        Job job = Http.JSON.readValue("{\"id\":\"1\",\"state\":\"QUEUED\",\"cachedFrom\":null}", Job.class);

        assertThat(job.attempts()).isEmpty();
        assertThat(job.outputs()).isEmpty();
        assertThat(job.problem()).isEmpty();
        assertThat(job.cachedFrom()).isEmpty();
        assertThat(job.startedAt()).isEmpty();
        assertThat(job.progress()).isEmpty();
    }

    @Test
    void members_of_a_later_version_are_ignored() {
        String json = "{\"id\":\"1\",\"state\":\"FAILED\",\"mood\":\"good\","
                + "\"problem\":{\"code\":\"bad-input\",\"detail\":\"no tensors\",\"file\":\"model.safetensors\"},"
                + "\"createdAt\":\"2031-01-01T00:00:00Z\"}";
        Job job = Http.JSON.readValue(json, Job.class);

        assertThat(job.problem().orElseThrow().oneLine()).isEqualTo("no tensors (file model.safetensors)");
        assertThat(job.createdAt()).isPresent();
    }

    @Test
    void a_method_need_not_have_a_paper() {
        assertThat(Http.JSON
                        .readValue("{\"id\":\"probe/noop\"}", MethodInfo.class)
                        .paper())
                .isEmpty();
    }

    @Test
    void a_submission_carries_only_what_was_said() {
        Submission submission = Submission.of("probe/noop")
                .param("bits", 4)
                .input("model", "minilm")
                .uncached();

        assertThat(Http.JSON.readTree(Http.JSON.writeValueAsBytes(submission)))
                .isEqualTo(
                        Http.JSON.readTree(
                                "{\"method\":\"probe/noop\",\"params\":{\"bits\":4},\"inputs\":{\"model\":\"minilm\"},\"cache\":false}"));

        Submission publishing = Submission.of("probe/noop").publish(new Publication("model", "minilm", Optional.of(0)));
        assertThat(Http.JSON.readTree(Http.JSON.writeValueAsBytes(publishing)))
                .isEqualTo(
                        Http.JSON.readTree(
                                "{\"method\":\"probe/noop\",\"publish\":{\"output\":\"model\",\"model\":\"minilm\",\"expectedVersion\":0}}"));
    }
}
