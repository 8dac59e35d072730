package dev.steelyard.embedded;

import dev.steelyard.proto.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topics and share-group settings the platform needs. They must exist before a service starts: a consumer that
 * subscribes to a topic made later finds it only seconds afterwards.
 *
 * @param lock how long a record stays with the worker that took it unless renewed; 1 s to 1 h
 * @param deliveryLimit how often the broker hands out one record before it drops it
 */
public record Topology(Duration lock, int deliveryLimit) {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final String LOCK = "share.record.lock.duration.ms";
    private static final Duration JOBS_KEPT = Duration.ofDays(30);

    /** Locks of 15 s, 10 deliveries. */
    public static Topology standard() {
        return new Topology(Duration.ofSeconds(15), 10);
    }

    /** The same with another lock duration, such as a second in tests. */
    public Topology withLock(Duration duration) {
        return new Topology(duration, deliveryLimit);
    }

    /**
     * Makes what is missing, sets the share groups' settings, and returns when the broker shows both to its clients.
     * Running it again changes nothing.
     *
     * @param services names such as "quantizer"
     * @throws EmbeddedException when the broker does not answer or refuses
     */
    public void create(String bootstrapServers, Collection<String> services) {
        Map<String, Object> client = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        List<NewTopic> topics = topics(services);
        Map<ConfigResource, Collection<AlterConfigOp>> groups = groups(services);
        try (Admin admin = Admin.create(client)) {
            for (KafkaFuture<Void> made : admin.createTopics(topics).values().values()) {
                await(made);
            }
            await(admin.incrementalAlterConfigs(groups).all());
            awaitVisible(admin, topics.stream().map(NewTopic::name).toList(), groups.keySet());
        }
    }

    /** The controller answers before the broker has heard: wait for what clients will see. */
    private void awaitVisible(Admin admin, Collection<String> topics, Collection<ConfigResource> groups) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        String lock = String.valueOf(this.lock.toMillis());
        while (!(get(admin.listTopics().names()).containsAll(topics)
                && get(admin.describeConfigs(groups).all()).values().stream()
                        .allMatch(config -> lock.equals(config.get(LOCK).value())))) {
            if (System.nanoTime() > deadline) {
                throw new EmbeddedException("Kafka does not show its topics after " + WAIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static List<NewTopic> topics(Collection<String> services) {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(topic(Topics.SUBMISSIONS, 2, Map.of()));
        topics.add(topic(Topics.SUBMISSION_REPLIES, 1, Map.of()));
        topics.add(topic(Topics.EVENTS, 4, Map.of()));
        topics.add(topic(Topics.CONTROL, 1, Map.of("cleanup.policy", "compact")));
        topics.add(topic(Topics.METHODS, 1, Map.of("cleanup.policy", "compact")));
        Map<String, String> kept = Map.of("retention.ms", String.valueOf(JOBS_KEPT.toMillis()));
        for (String service : services) {
            // One partition serves any number of workers. With several, each has only some of the members of the share
            // group, and the jobs of a partition wait for the session timeout (45 s) when its last member is killed.
            topics.add(topic(Topics.jobs(service), 1, kept));
            topics.add(topic(Topics.shortJobs(service), 1, kept));
        }
        return topics;
    }

    private static NewTopic topic(String name, int partitions, Map<String, String> settings) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
    }

    private Map<ConfigResource, Collection<AlterConfigOp>> groups(Collection<String> services) {
        Map<ConfigResource, Collection<AlterConfigOp>> groups = new HashMap<>();
        for (String service : services) {
            for (String group : List.of(Topics.workerGroup(service), Topics.shortWorkerGroup(service))) {
                groups.put(new ConfigResource(ConfigResource.Type.GROUP, group), groupSettings());
            }
        }
        return groups;
    }

    private List<AlterConfigOp> groupSettings() {
        return List.of(
                set("share.auto.offset.reset", "earliest"),
                set(LOCK, String.valueOf(lock.toMillis())),
                set("share.heartbeat.interval.ms", "1000"),
                set("share.delivery.count.limit", String.valueOf(deliveryLimit)));
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static void await(KafkaFuture<Void> future) {
        try {
            get(future);
        } catch (EmbeddedException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new EmbeddedException("Kafka refused a topic or group setting: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new EmbeddedException("Kafka did not answer within " + WAIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while topics were made", e);
        }
    }
}
