package dev.steelyard.worker.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TriageTest {
    private static final RunJob JOB = RunJob.newBuilder()
            .setJobId("j1")
            .setDispatch(3)
            .setMethod("svc/known")
            .setMethodVersion("2")
            .build();

    private final Knowing knowing = new Knowing(Map.of("svc/known", "2"), Map.of("cancelled", 3), 10);

    @Test
    void job_of_a_known_method_is_run() {
        assertThat(of(JOB, 1)).isEqualTo(new Triage.Run(JOB));
    }

    @Test
    void job_of_another_version_is_given_back() {
        RunJob job = JOB.toBuilder().setMethodVersion("1").build();
        assertThat(of(job, 1)).isEqualTo(new Triage.GiveBack(job));
    }

    @Test
    void job_of_an_unknown_method_fails_and_its_record_is_rejected() {
        Ending ending = end(of(JOB.toBuilder().setMethod("svc/other").build(), 1));
        assertThat(ending.ack()).isEqualTo(Ack.REJECT);
        assertThat(code(ending)).isEqualTo("unknown-method");
    }

    @Test
    void last_delivery_but_one_fails_instead_of_running() {
        assertThat(of(JOB, 8)).isInstanceOf(Triage.Run.class);
        assertThat(code(end(of(JOB, 9)))).isEqualTo("delivery-limit");
        assertThat(end(of(JOB, 9)).ack()).isEqualTo(Ack.ACCEPT);
        assertThat(end(of(JOB, 9)).forget()).isFalse();
    }

    @Test
    void version_mismatch_is_named_when_it_has_used_up_the_deliveries() {
        Ending ending = end(of(JOB.toBuilder().setMethodVersion("1").build(), 9));
        assertThat(code(ending)).isEqualTo("other-version");
        assertThat(ending.forget()).isTrue();
        assertThat(ending.report().getFailed().getProblem().getDetail())
                .isEqualTo("method version 1 was asked for, workers have 2");
    }

    @Test
    void first_delivery_is_run_however_low_the_limit() {
        Knowing strict = new Knowing(knowing.versions(), knowing.cancels(), 2);
        assertThat(Triage.of("j1", JOB.toByteArray(), 1, strict)).isInstanceOf(Triage.Run.class);
    }

    @Test
    void cancel_holds_for_dispatches_up_to_its_own() {
        RunJob cancelled = JOB.toBuilder().setJobId("cancelled").build();
        assertThat(end(of(cancelled, 1)).outcome()).isEqualTo("cancelled");
        assertThat(of(cancelled.toBuilder().setDispatch(4).build(), 1)).isInstanceOf(Triage.Run.class);
    }

    @Test
    void unreadable_record_fails_the_job_its_remains_name() {
        byte[] whole = JOB.toBuilder().setParamsJson("x".repeat(100)).build().toByteArray();
        Triage triage = Triage.of("key", Arrays.copyOf(whole, whole.length - 50), 1, knowing);
        assertThat(triage).isInstanceOfSatisfying(Triage.End.class, end -> {
            assertThat(end.job().getJobId()).isEqualTo("j1");
            assertThat(end.job().getDispatch()).isEqualTo(3);
            assertThat(code(end.ending())).isEqualTo("poison");
            assertThat(end.ending().ack()).isEqualTo(Ack.REJECT);
        });
    }

    @Test
    void unreadable_record_without_remains_fails_the_job_its_key_names() {
        assertThat(Triage.of("j9", new byte[] {-1, -1}, 1, knowing))
                .isInstanceOfSatisfying(
                        Triage.End.class,
                        end -> assertThat(end.job().getJobId()).isEqualTo("j9"));
        assertThat(Triage.of("", new byte[] {-1, -1}, 1, knowing)).isInstanceOf(Triage.Noise.class);
        assertThat(Triage.of("j9", new byte[0], 1, knowing)).isInstanceOf(Triage.Noise.class);
    }

    private Triage of(RunJob job, int deliveryCount) {
        return Triage.of(job.getJobId(), job.toByteArray(), deliveryCount, knowing);
    }

    private static Ending end(Triage triage) {
        assertThat(triage).isInstanceOf(Triage.End.class);
        return ((Triage.End) triage).ending();
    }

    private static String code(Ending ending) {
        assertThat(ending.report().getKindCase()).isEqualTo(JobEvent.KindCase.FAILED);
        return ending.report().getFailed().getProblem().getCode();
    }

    private record Knowing(Map<String, String> versions, Map<String, Integer> cancels, int deliveryLimit)
            implements Triage.Knowledge {
        @Override
        public Optional<String> version(String method) {
            return Optional.ofNullable(versions.get(method));
        }

        @Override
        public Optional<String> cancelled(String jobId, int dispatch) {
            return cancels.getOrDefault(jobId, 0) >= dispatch ? Optional.of("asked") : Optional.empty();
        }
    }
}
