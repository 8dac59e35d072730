package dev.steelyard.worker.attempt;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.steelyard.proto.v1.RunJob;
import java.util.Optional;

/** What a record from a jobs topic means, before anything is done about it. */
public sealed interface Triage {

    /** A job this worker can run. */
    record Run(RunJob job) implements Triage {}

    /** A job that ends here without being run. */
    record End(RunJob job, Ending ending) implements Triage {}

    /** A job for a worker of another version: wait a little, then give it back. */
    record GiveBack(RunJob job) implements Triage {}

    /** Nothing that can be told apart from noise. */
    record Noise(String why) implements Triage {}

    /** What triage needs to know of the worker. */
    interface Knowledge {
        /** Version of the method here, if this worker has it. */
        Optional<String> version(String method);

        /** Why dispatches up to the job's were cancelled, if they were. */
        Optional<String> cancelled(String jobId, int dispatch);

        /** How often the broker hands out one record before it drops it silently. */
        int deliveryLimit();
    }

    /**
     * Reads a record.
     *
     * @param key the record's key, the job id where all is well
     * @param deliveryCount from 1
     */
    static Triage of(String key, byte[] value, int deliveryCount, Knowledge knowledge) {
        RunJob job;
        try {
            job = RunJob.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return poison(key, e);
        }
        if (job.getJobId().isEmpty()) {
            return new Noise("a record without a job id");
        }
        Optional<String> cancelled = knowledge.cancelled(job.getJobId(), job.getDispatch());
        if (cancelled.isPresent()) {
            return new End(job, Ending.cancelled(cancelled.get(), Ack.ACCEPT));
        }
        Optional<String> version = knowledge.version(job.getMethod());
        if (version.isEmpty()) {
            String detail = "no worker of this service knows the method '" + job.getMethod() + "'";
            return new End(job, Ending.failed("unknown-method", detail, Ack.REJECT));
        }
        if (deliveryCount >= lastDelivery(knowledge.deliveryLimit())) {
            return new End(job, limitReached(job, version.get(), deliveryCount));
        }
        return version.get().equals(job.getMethodVersion()) ? new Run(job) : new GiveBack(job);
    }

    /** One before the broker's limit: after its last delivery a record is gone without a word. */
    private static int lastDelivery(int limit) {
        return Math.max(2, limit - 1);
    }

    private static Ending limitReached(RunJob job, String version, int deliveryCount) {
        return version.equals(job.getMethodVersion())
                ? Ending.interrupted(
                        "delivery-limit",
                        "workers were lost or stopped while they ran it: taken " + deliveryCount + " times",
                        Ack.ACCEPT)
                : Ending.failed(
                        "other-version",
                        "method version " + job.getMethodVersion() + " was asked for, workers have " + version,
                        Ack.ACCEPT);
    }

    /** The id is in the key, or in the part of the message that can still be read. */
    private static Triage poison(String key, InvalidProtocolBufferException e) {
        RunJob rest = e.getUnfinishedMessage() instanceof RunJob part ? part : RunJob.getDefaultInstance();
        String id = rest.getJobId().isEmpty() ? key : rest.getJobId();
        if (id.isEmpty()) {
            return new Noise("a record that is no RunJob: " + e.getMessage());
        }
        RunJob job = RunJob.newBuilder()
                .setJobId(id)
                .setDispatch(Math.max(1, rest.getDispatch()))
                .build();
        return new End(job, Ending.failed("poison", "the job's record cannot be read: " + e.getMessage(), Ack.REJECT));
    }
}
