package dev.steelyard.worker;

import dev.steelyard.proto.Topics;
import dev.steelyard.worker.catalog.Announcement;
import dev.steelyard.worker.catalog.MethodCatalog;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be done before the first job: orders that still hold are known, the group's settings are read, events can be
 * written, the methods are announced. Tried until the broker answers; slots take no record before.
 */
final class Preparation extends Loop {
    private static final Logger log = LoggerFactory.getLogger(Preparation.class);
    private static final String LIMIT = "share.delivery.count.limit";
    private static final int BROKERS_STANDARD_LIMIT = 5;

    private final MethodCatalog catalog;
    private final KafkaClients clients;
    private final String worker;
    private final ControlFeed control;
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile int deliveryLimit = BROKERS_STANDARD_LIMIT;
    private volatile @Nullable EventPublisher events;

    Preparation(MethodCatalog catalog, KafkaClients clients, String worker, ControlFeed control) {
        super("preparation");
        this.catalog = catalog;
        this.clients = clients;
        this.worker = worker;
        this.control = control;
    }

    /** How often the broker hands out one record of this service before it drops it. */
    int deliveryLimit() {
        return deliveryLimit;
    }

    /** Where events go; there once {@link #isReady}. */
    EventPublisher events() {
        EventPublisher publisher = events;
        if (publisher == null) {
            throw new IllegalStateException("not ready");
        }
        return publisher;
    }

    boolean isReady() {
        return ready.getCount() == 0;
    }

    /** Waits until all is ready, or until {@code waiting} is to stop; says which. */
    boolean await(Loop waiting) throws InterruptedException {
        while (!waiting.stopping()) {
            if (ready.await(200, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return isReady();
    }

    @Override
    void work() throws Exception {
        EventPublisher publisher = events == null ? new EventPublisher(clients.producer("events"), worker) : events();
        events = publisher;
        try (Admin admin = clients.admin("preparation")) {
            deliveryLimit = deliveryLimit(admin);
            requireWritableEvents(admin);
        }
        publisher.announce(catalog.all().stream()
                .map(method -> Announcement.of(method, Instant.now()))
                .toList());
        while (!stopping() && !control.caughtUp().await(200, TimeUnit.MILLISECONDS)) {
            working();
        }
        log.info(
                "{} is ready for {} with {} deliveries of a record at most",
                worker,
                catalog.all().stream().map(method -> method.id()).toList(),
                deliveryLimit);
        ready.countDown();
        working();
        while (!stopping()) {
            pause(java.time.Duration.ofSeconds(60));
        }
    }

    private int deliveryLimit(Admin admin) throws Exception {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, Topics.workerGroup(catalog.service()));
        Config config = admin.describeConfigs(List.of(group))
                .values()
                .getOrDefault(group, org.apache.kafka.common.KafkaFuture.completedFuture(new Config(List.of())))
                .get(10, TimeUnit.SECONDS);
        ConfigEntry limit = config.get(LIMIT);
        return limit == null || limit.value() == null ? BROKERS_STANDARD_LIMIT : Integer.parseInt(limit.value());
    }

    /** The broker says what this client may do to a topic, if it keeps such rules at all. */
    private static void requireWritableEvents(Admin admin) throws Exception {
        Set<AclOperation> allowed;
        try {
            allowed = admin.describeTopics(
                            List.of(Topics.EVENTS), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .allTopicNames()
                    .get(10, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next()
                    .authorizedOperations();
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + Topics.EVENTS + ": " + e.getCause(), e);
        }
        if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
            throw new KafkaException("the broker does not let this worker write the topic " + Topics.EVENTS);
        }
    }

    /** Ends the connection events go over; the slots must have stopped. */
    void close() {
        EventPublisher publisher = events;
        if (publisher != null) {
            publisher.close();
        }
    }
}
