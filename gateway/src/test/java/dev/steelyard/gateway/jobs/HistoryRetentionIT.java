package dev.steelyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.gateway.testing.RunningGateway;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

class HistoryRetentionIT {
    private static final JdbcTemplate DATABASE = RunningGateway.shared().bean(JdbcTemplate.class);
    private static final JobSettings SETTINGS = new JobSettings(5, 3, Duration.ofSeconds(2), Duration.ofDays(90));
    private final HistoryRetention retention = new HistoryRetention(DATABASE, SETTINGS);

    /** Jobs of a method of their own: those that ended long ago are more than two batches. */
    @BeforeAll
    static void fill() {
        jobs("old", "SUCCEEDED", "now() - interval '91 days'", 1_100);
        jobs("young", "FAILED", "now() - interval '89 days'", 3);
        jobs("running", "RUNNING", "null", 3);
        for (String age : new String[] {"old", "young", "running"}) {
            say(age, "id in (select id from job where method = ?)", 2);
            // more than one batch of rows
            say(age, "id = (select id from job where method = ? order by id limit 1)", 10_000);
        }
    }

    @Test
    void only_what_jobs_said_that_ended_long_ago_goes() {
        retention.removeOld();

        assertThat(rows("job_log")).isEqualTo(Map.of("running", 10_006L, "young", 10_006L));
        assertThat(rows("job_metric")).isEqualTo(Map.of("running", 10_006L, "young", 10_006L));
        assertThat(DATABASE.queryForObject("select count(*) from job where method = 'kept/old'", Long.class))
                .isEqualTo(1_100);
    }

    @Test
    void what_comes_of_age_later_goes_too() {
        retention.removeOld();
        jobs("later", "CANCELLED", "now() - interval '90 days' - interval '1 second'", 1);
        say("later", "id in (select id from job where method = ?)", 1);

        retention.removeOld();

        assertThat(rows("job_log")).doesNotContainKey("later");
    }

    @Test
    void where_nothing_is_to_go_no_row_is_read() {
        retention.removeOld();
        DATABASE.execute("analyze job, job_log, job_metric");
        HistoryRetention afterRestart = new HistoryRetention(DATABASE, SETTINGS);

        long read = RunningGateway.shared().bean(TransactionTemplate.class).execute(status -> {
            long before = rowsRead();
            afterRestart.removeOld();
            return rowsRead() - before;
        });

        assertThat(read).isZero();
    }

    /** Of both tables, in this transaction and those before it that have not been counted yet. */
    private static long rowsRead() {
        return DATABASE.query("""
                select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_user_tables
                where relname in ('job_log', 'job_metric')
                """, (row, n) -> row.getLong(1)).getFirst();
    }

    private static void jobs(String age, String state, String ended, int count) {
        DATABASE.update("""
                insert into job (id, method, method_version, short, params, inputs, seed, cache, labels, state,
                                 dispatch, cache_key, owner, request_hash, last_event_at, created_at, finished_at)
                select gen_random_uuid(), ?, '1', false, '{}', '{}', 0, false, '{}', ?, 1, '', 'owner', '',
                       'infinity', now() - interval '100 days', %s
                from generate_series(1, ?)
                """.formatted(ended), "kept/" + age, state, count);
    }

    private static void say(String age, String jobs, int times) {
        DATABASE.update("""
                insert into job_log (job_id, attempt, at, level, message)
                select id, id, now(), 'INFO', 'hello' from job, generate_series(1, ?) where %s
                """.formatted(jobs), times, "kept/" + age);
        DATABASE.update("""
                insert into job_metric (job_id, name, step, value, at)
                select id, 'loss', step, 1, now() from job, generate_series(1, ?) step where %s
                """.formatted(jobs), times, "kept/" + age);
    }

    private static Map<String, Long> rows(String table) {
        Map<String, Long> rows = new TreeMap<>();
        DATABASE.query(
                "select substr(method, 6), count(*) from %s join job on job.id = job_id where method like 'kept/%%' group by 1"
                        .formatted(table),
                row -> {
                    rows.put(row.getString(1), row.getLong(2));
                });
        return rows;
    }
}
