package dev.steelyard.gateway.submissions;

import dev.steelyard.gateway.jobs.JobSubmitter;
import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.gateway.keys.ApiKeys;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.Headers;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.SubmissionReply;
import dev.steelyard.proto.v1.SubmitJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes submissions from the topic by the same way as REST and answers each. A record read twice after a crash gives
 * the same job, by its idempotency key; one that cannot be read is answered with a problem and passed over.
 */
@Component
class SubmissionConsumer implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SubmissionConsumer.class);
    private static final String GROUP = "steelyard.gateway.submissions";
    private static final int BATCH = 200;

    private final SubmissionParser parser;
    private final JobSubmitter submitter;
    private final ApiKeys keys;
    private final SubmissionSettings settings;
    private final Replies replies;
    private final RecordLoop loop;
    private volatile boolean running;

    SubmissionConsumer(
            KafkaClients clients,
            SubmissionParser parser,
            JobSubmitter submitter,
            ApiKeys keys,
            SubmissionSettings settings,
            Replies replies) {
        this.parser = parser;
        this.submitter = submitter;
        this.keys = keys;
        this.settings = settings;
        this.replies = replies;
        this.loop = new RecordLoop("submissions", () -> subscribed(clients), true, this::takeAll);
    }

    private static KafkaConsumer<String, byte[]> subscribed(KafkaClients clients) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(GROUP, BATCH);
        consumer.subscribe(List.of(Topics.SUBMISSIONS));
        return consumer;
    }

    private void takeAll(ConsumerRecords<String, byte[]> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            sent.add(replies.send(take(record), SubmissionParser.isJson(record)));
        }
        Replies.await(sent);
    }

    /** The answer to a record. What would fail again, however often it is read, is answered with a problem. */
    private SubmissionReply take(ConsumerRecord<String, byte[]> record) {
        String key = record.key() == null ? "" : record.key();
        try {
            SubmitJob submit = parser.parse(record);
            key = submit.getIdempotencyKey();
            return Replies.job(key, submit(record, submit));
        } catch (ProblemException e) {
            return Replies.problem(key, e);
        } catch (RuntimeException e) {
            if (mayPass(e)) {
                throw e;
            }
            LOG.error("could not take {}-{}@{}", record.topic(), record.partition(), record.offset(), e);
            return Replies.internal(key);
        }
    }

    /** The database's failures, but for those of which the values are the cause. */
    private static boolean mayPass(RuntimeException e) {
        return (e instanceof DataAccessException && !(e instanceof DataIntegrityViolationException))
                || e instanceof TransactionException;
    }

    private String submit(ConsumerRecord<String, byte[]> record, SubmitJob submit) {
        String key = submit.getIdempotencyKey();
        if (key.isBlank()) {
            throw ProblemException.field("/idempotencyKey", "is missing");
        }
        String traceParent =
                SubmissionParser.header(record, Headers.TRACE_PARENT).orElse(null);
        return submitter
                .submit(parser.submission(submit), owner(submit), key, traceParent)
                .job()
                .id()
                .toString();
    }

    private String owner(SubmitJob submit) {
        if (submit.getApiKey().isEmpty() && settings.trustedOwner() != null) {
            return settings.trustedOwner();
        }
        Optional<ApiKeys.Holder> holder = keys.authenticate(submit.getApiKey());
        return holder.filter(ApiKeys.Holder::maySubmit)
                .map(ApiKeys.Holder::id)
                .orElseThrow(() -> ProblemException.forbidden("apiKey is missing, unknown or may not submit"));
    }

    @Override
    public void start() {
        running = true;
        if (settings.enabled()) {
            loop.start();
        }
    }

    @Override
    public void stop() {
        running = false;
        loop.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
