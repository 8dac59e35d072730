package dev.steelyard.gateway.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.steelyard.gateway.jobs.Effect.Refused;
import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns the workers' events into the jobs' rows. One batch of records is one transaction; the rules are in {@link
 * Transitions}. Applying a batch twice changes nothing, since an event at or below the newest sequence is skipped.
 */
@Component
class EventProjection implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(EventProjection.class);
    private static final String GROUP = "steelyard.gateway";
    private static final int BATCH = 1_000;

    private final ProgressTable jobs;
    private final EffectWriter effects;
    private final Transitions rules;
    private final TransactionTemplate transaction;
    private final JobSignals signals;
    private final OutboxRelay relay;
    private final MeterRegistry meters;
    private final RecordLoop loop;
    private volatile boolean running;

    EventProjection(
            KafkaClients clients,
            ProgressTable jobs,
            EffectWriter effects,
            JobSettings settings,
            TransactionTemplate transaction,
            JobSignals signals,
            OutboxRelay relay,
            MeterRegistry meters) {
        this.jobs = jobs;
        this.effects = effects;
        this.rules = settings.transitions();
        this.transaction = transaction;
        this.signals = signals;
        this.relay = relay;
        this.meters = meters;
        this.loop = new RecordLoop("event-projection", () -> subscribed(clients), true, this::project);
    }

    private static KafkaConsumer<String, byte[]> subscribed(KafkaClients clients) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(GROUP, BATCH);
        consumer.subscribe(List.of(Topics.EVENTS));
        return consumer;
    }

    private void project(ConsumerRecords<String, byte[]> records) {
        List<JobEvent> events = new ArrayList<>(records.count());
        for (ConsumerRecord<String, byte[]> record : records) {
            parse(record).ifPresent(events::add);
        }
        apply(events);
    }

    private Optional<JobEvent> parse(ConsumerRecord<String, byte[]> record) {
        try {
            JobEvent event = JobEvent.parseFrom(record.value());
            UUID.fromString(event.getJobId());
            UUID.fromString(event.getAttemptId());
            return Optional.of(event);
        } catch (InvalidProtocolBufferException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("left out event {}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.toString());
            meters.counter("steelyard.events.unreadable").increment();
            return Optional.empty();
        }
    }

    /** Applies events in order, in one transaction, and wakes whoever waits for their jobs. */
    void apply(List<JobEvent> events) {
        Set<UUID> touched = new HashSet<>();
        for (JobEvent event : events) {
            touched.add(UUID.fromString(event.getJobId()));
        }
        if (touched.isEmpty()) {
            return;
        }
        transaction.executeWithoutResult(status -> {
            Map<UUID, JobProgress> standing = jobs.lock(touched);
            Map<UUID, JobChange> changes = new HashMap<>();
            for (JobEvent event : events) {
                UUID id = UUID.fromString(event.getJobId());
                JobProgress job = standing.get(id);
                if (job == null) {
                    LOG.warn("left out an event of job {}, which is not known", id);
                    continue;
                }
                Transition transition = rules.apply(job, event);
                standing.put(id, transition.job());
                changes.computeIfAbsent(id, JobChange::new).add(transition, event);
                count(transition);
            }
            effects.write(changes.values());
        });
        relay.wake();
        signals.changed(touched);
    }

    private void count(Transition transition) {
        for (Effect effect : transition.effects()) {
            if (effect instanceof Refused refused) {
                meters.counter("steelyard.events.refused", "reason", refused.reason())
                        .increment();
            }
        }
    }

    @Override
    public void start() {
        running = true;
        loop.start();
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
