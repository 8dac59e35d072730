package dev.steelyard.gateway.methods;

import dev.steelyard.proto.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeShareGroupsOptions;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Which services have a worker now, as the broker knows it: workers are members of their service's share group. One that
 * was killed stays a member until its session has timed out.
 */
@Component
class RunningServices {
    private static final Logger LOG = LoggerFactory.getLogger(RunningServices.class);
    private static final int PATIENCE_MILLIS = 2_000;

    private final Admin admin;

    RunningServices(Admin admin) {
        this.admin = admin;
    }

    /** Whether each service has a worker; without those of which the broker does not tell. */
    Map<String, Boolean> among(Collection<String> services) {
        List<String> groups = services.stream().map(Topics::workerGroup).toList();
        Map<String, KafkaFuture<ShareGroupDescription>> described = admin.describeShareGroups(
                        groups, new DescribeShareGroupsOptions().timeoutMs(PATIENCE_MILLIS))
                .describedGroups();
        Map<String, Boolean> running = new HashMap<>();
        for (String service : services) {
            KafkaFuture<ShareGroupDescription> group = described.get(Topics.workerGroup(service));
            try {
                if (group != null) {
                    running.put(service, hasMembers(group));
                }
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("the broker does not tell which workers of {} run: {}", service, e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return running;
            }
        }
        return running;
    }

    private static boolean hasMembers(KafkaFuture<ShareGroupDescription> group)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            return !group.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).members().isEmpty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return false;
            }
            throw e;
        }
    }
}
