package dev.steelyard.worker;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.attempt.Triage;
import dev.steelyard.worker.catalog.MethodCatalog;
import dev.steelyard.worker.job.JobMeans;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What all slots of a worker share.
 *
 * @param name of the worker, in events and logs
 */
record WorkerContext(
        String name,
        MethodCatalog catalog,
        KafkaClients clients,
        Orders orders,
        Preparation preparation,
        JobMeans means,
        WorkerProperties properties,
        WorkerMetrics metrics)
        implements Triage.Knowledge {

    @Override
    public Optional<String> version(String method) {
        return catalog.find(method).map(hosted -> hosted.spec().version());
    }

    @Override
    public Optional<String> cancelled(String jobId, int dispatch) {
        return orders.cancelled(jobId, dispatch);
    }

    @Override
    public int deliveryLimit() {
        return preparation.deliveryLimit();
    }

    /** What the events of a new attempt have in common. */
    JobEvent newAttempt(RunJob job, int deliveryCount) {
        return JobEvent.newBuilder()
                .setJobId(job.getJobId())
                .setAttemptId(UUID.randomUUID().toString())
                .setDispatch(job.getDispatch())
                .setDeliveryCount(deliveryCount)
                .setWorker(name)
                .build();
    }

    /** The longest a run may take: what the job asks for, but not more than {@code most}. */
    static Duration limit(RunJob job, Duration most) {
        return asked(job).filter(asked -> asked.compareTo(most) < 0).orElse(most);
    }

    /** How long the job asks to run. */
    static Optional<Duration> asked(RunJob job) {
        Duration asked = Duration.ofSeconds(
                job.getTimeout().getSeconds(), job.getTimeout().getNanos());
        return Optional.of(asked).filter(Duration::isPositive);
    }
}
