package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.gateway.testing.RunningGateway;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

class JobInsertsIT {
    private static final RunningGateway GATEWAY = RunningGateway.shared();
    private final JobInserts inserts = GATEWAY.bean(JobInserts.class);

    @Test
    void a_job_whose_inputs_cannot_be_written_is_not_there_at_all() {
        NewJob job = job(Map.of("model", "sha256:" + "0".repeat(64)), null);

        assertThatThrownBy(() -> inserts.queued(job)).isInstanceOf(DataIntegrityViolationException.class);

        assertNothingOf(job);
    }

    @Test
    void a_job_whose_publication_cannot_be_written_is_not_there_at_all() {
        NewJob job = job(Map.of(), new Publication("model", null, null));

        assertThatThrownBy(() -> inserts.queued(job)).isInstanceOf(DataIntegrityViolationException.class);

        assertNothingOf(job);
    }

    @Test
    void of_many_jobs_none_is_there_when_one_cannot_be_written() {
        NewJob good = job(Map.of(), null);
        NewJob bad = job(Map.of("model", "sha256:" + "0".repeat(64)), null);

        assertThatThrownBy(() -> inserts.queuedAll(List.of(good, bad)))
                .isInstanceOf(DataIntegrityViolationException.class);

        assertNothingOf(good);
        assertNothingOf(bad);
    }

    private static void assertNothingOf(NewJob job) {
        JdbcClient database = GATEWAY.bean(JdbcClient.class);
        assertThat(database.sql("select count(*) from job where id = ?")
                        .param(job.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(database.sql("select count(*) from outbox where record_key = ?")
                        .param(job.id().toString())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private static NewJob job(Map<String, String> inputs, @Nullable Publication publish) {
        Dispatch dispatch = new Dispatch(UUID.randomUUID(), "fake/inserted", "1", false, "{}", inputs, 0, null, null);
        byte[] unique = dispatch.id().toString().getBytes(StandardCharsets.US_ASCII);
        return new NewJob(dispatch, "{}", false, "{}", unique, "owner", null, publish, unique, Instant.now());
    }
}
