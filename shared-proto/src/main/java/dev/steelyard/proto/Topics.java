package dev.steelyard.proto;

/** Names of the Kafka topics and of the groups that read them. */
public final class Topics {
    /** {@code SubmitJob} from systems outside, protobuf or JSON. */
    public static final String SUBMISSIONS = "steelyard.submissions";

    /** {@code SubmissionReply}, keyed by the submission's idempotency key. */
    public static final String SUBMISSION_REPLIES = "steelyard.submissions.replies";

    /** {@code JobEvent} from workers, keyed by job id. */
    public static final String EVENTS = "steelyard.events";

    /** {@code Control} from the gateway, keyed by job id, compacted. */
    public static final String CONTROL = "steelyard.control";

    /** {@code MethodAnnouncement}, keyed by "service/method", compacted. */
    public static final String METHODS = "steelyard.methods";

    private Topics() {}

    /** {@code RunJob} for one service: jobs of seconds to hours, taken one at a time. */
    public static String jobs(String service) {
        return "steelyard.jobs." + service;
    }

    /** {@code RunJob} for methods of one service that declare themselves short, taken in batches. */
    public static String shortJobs(String service) {
        return jobs(service) + ".short";
    }

    /** The share group in which all workers of a service take its jobs. */
    public static String workerGroup(String service) {
        return "steelyard.workers." + service;
    }

    /** The share group in which all workers of a service take its short jobs. */
    public static String shortWorkerGroup(String service) {
        return workerGroup(service) + ".short";
    }
}
