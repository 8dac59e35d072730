package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks the broker how far all gateways together have come with the events. */
@Component
class EventOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(EventOffsets.class);
    private static final int PATIENCE_MILLIS = 2_000;

    private final Admin admin;

    EventOffsets(Admin admin) {
        this.admin = admin;
    }

    /**
     * Where the events of every partition end.
     *
     * @param ends offset of the next event to come
     * @param projected offset of the first event that no gateway has projected and committed, or that is gone
     */
    record Offsets(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> projected) {}

    /** The offsets now; empty when the broker does not tell all of them soon. */
    Optional<Offsets> ask() {
        try {
            Set<TopicPartition> partitions = partitions();
            Map<TopicPartition, Long> ends = list(partitions, OffsetSpec.latest());
            Map<TopicPartition, Long> projected = list(partitions, OffsetSpec.earliest());
            committed().forEach((partition, offset) -> projected.merge(partition, offset, Math::max));
            return Optional.of(new Offsets(ends, projected));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the broker does not tell how far the events have been projected: {}", e.toString());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Set<TopicPartition> partitions() throws ExecutionException, InterruptedException, TimeoutException {
        return get(admin.describeTopics(List.of(Topics.EVENTS), new DescribeTopicsOptions().timeoutMs(PATIENCE_MILLIS))
                        .allTopicNames())
                .values()
                .stream()
                .flatMap(topic -> topic.partitions().stream().map(p -> new TopicPartition(topic.name(), p.partition())))
                .collect(Collectors.toSet());
    }

    private Map<TopicPartition, Long> list(Set<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> wanted = partitions.stream().collect(Collectors.toMap(p -> p, p -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(admin.listOffsets(wanted, new ListOffsetsOptions().timeoutMs(PATIENCE_MILLIS))
                        .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** Without the partitions of which no event was projected yet. */
    private Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> all = get(admin.listConsumerGroupOffsets(
                        EventProjection.GROUP, new ListConsumerGroupOffsetsOptions().timeoutMs(PATIENCE_MILLIS))
                .partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        all.forEach((partition, committed) -> {
            if (committed != null) {
                offsets.put(partition, committed.offset());
            }
        });
        return offsets;
    }

    private static <T> T get(KafkaFuture<T> answer) throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
