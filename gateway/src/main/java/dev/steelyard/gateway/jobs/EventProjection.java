package dev.steelyard.gateway.jobs;

import dev.steelyard.gateway.jobs.Transitions.Transition;
import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.kafka.RecordLoop;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.JobEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns the workers' events into the jobs' rows. One batch of records is one transaction; the rules are in {@link
 * Transitions}. Applying a batch twice changes nothing, since an event at or below the newest sequence is skipped.
 */
@Component
class EventProjection implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(EventProjection.class);
    static final String GROUP = "steelyard.gateway";
    private static final int BATCH = 1_000;

    private final EventReader reader;
    private final ProgressTable jobs;
    private final EffectWriter effects;
    private final Publications publications;
    private final Transitions rules;
    private final TransactionTemplate transaction;
    private final JobSignals signals;
    private final OutboxRelay relay;
    private final MeterRegistry meters;
    private final Counter unreadable;
    private final RecordLoop loop;
    private volatile boolean running;

    EventProjection(
            KafkaClients clients,
            EventReader reader,
            ProgressTable jobs,
            EffectWriter effects,
            Publications publications,
            JobSettings settings,
            TransactionTemplate transaction,
            JobSignals signals,
            OutboxRelay relay,
            MeterRegistry meters) {
        this.reader = reader;
        this.jobs = jobs;
        this.effects = effects;
        this.publications = publications;
        this.rules = settings.transitions();
        this.transaction = transaction;
        this.signals = signals;
        this.relay = relay;
        this.meters = meters;
        this.unreadable = meters.counter("steelyard.events.unreadable");
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
            reader.read(record).ifPresentOrElse(events::add, unreadable::increment);
        }
        try {
            apply(events);
        } catch (DataIntegrityViolationException | BadSqlGrammarException | UncategorizedSQLException e) {
            LOG.warn("{} events are projected one by one, since together they fail: {}", events.size(), e.toString());
            events.forEach(this::applyAlone);
        }
    }

    /** One event that cannot be written must not hold up the others. */
    private void applyAlone(JobEvent event) {
        try {
            apply(List.of(event));
        } catch (DataIntegrityViolationException | BadSqlGrammarException | UncategorizedSQLException e) {
            LOG.error("left out {} of job {}: {}", event.getKindCase(), event.getJobId(), e.toString());
            unreadable.increment();
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
        List<Effect> done = transaction.execute(status -> {
            Collection<JobChange> changes = changes(events, jobs.lock(touched));
            effects.write(changes);
            return changes.stream().flatMap(c -> c.effects().stream()).toList();
        });
        count(done);
        if (done.stream().anyMatch(e -> e instanceof Effect.Stop || e instanceof Effect.Redispatch)) {
            relay.wake();
        }
        signals.changed(touched);
    }

    private Collection<JobChange> changes(List<JobEvent> events, Map<UUID, JobProgress> standing) {
        Map<UUID, JobChange> changes = new HashMap<>();
        for (JobEvent event : events) {
            UUID id = UUID.fromString(event.getJobId());
            JobProgress job = standing.get(id);
            if (job == null) {
                LOG.warn("left out an event of job {}, which is not known", id);
                continue;
            }
            Transition transition = published(job, event, rules.apply(job, event));
            standing.put(id, transition.job());
            changes.computeIfAbsent(id, JobChange::new).add(transition, event);
        }
        return changes.values();
    }

    /** A result that cannot be published as the job asked is a failure, and is not seen. */
    private Transition published(JobProgress job, JobEvent event, Transition transition) {
        if (transition.effects().stream().noneMatch(Effect.Succeeded.class::isInstance)) {
            return transition;
        }
        return publications
                .publish(job.id(), event.getSucceeded())
                .map(problem -> rules.apply(
                        job,
                        event.toBuilder()
                                .setFailed(JobEvent.Failed.newBuilder().setProblem(problem))
                                .build()))
                .orElse(transition);
    }

    private void count(List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Refused(String reason) ->
                    meters.counter("steelyard.events.refused", "reason", reason).increment();
                case Effect.Succeeded _ -> ended("succeeded");
                case Effect.Failed _ -> ended("failed");
                case Effect.Cancelled _ -> ended("cancelled");
                case Effect.Redispatch _ ->
                    meters.counter("steelyard.jobs.redispatched").increment();
                default -> {
                    // not counted
                }
            }
        }
    }

    private void ended(String state) {
        meters.counter("steelyard.jobs.ended", "state", state).increment();
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
