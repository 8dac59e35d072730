package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.Control;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Records that leave with the transaction at hand. Whoever writes here calls {@link OutboxRelay#wake} afterwards. */
@Component
class Outbox {
    private static final String ADD = """
            insert into outbox (topic, record_key, type, payload, trace_parent, available_at)
            values (?, ?, ?, ?, ?, now() + ? * interval '1 millisecond')
            """;

    private final JdbcTemplate database;

    Outbox(JdbcTemplate database) {
        this.database = database;
    }

    void dispatch(Dispatch job, int dispatch, Duration delay) {
        add(job.topic(), job.id(), "dev.steelyard.job.run", job.record(dispatch), job.traceParent(), delay);
    }

    void control(UUID job, Control order) {
        add(Topics.CONTROL, job, "dev.steelyard.job.control", order.toByteArray(), null, Duration.ZERO);
    }

    private void add(
            String topic, UUID job, String type, byte[] payload, @Nullable String traceParent, Duration delay) {
        database.update(ADD, topic, job.toString(), type, payload, traceParent, delay.toMillis());
    }
}
