package dev.steelyard.gateway.kafka;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Up when the broker answers within two seconds. */
@Component("kafka")
class KafkaHealthIndicator extends AbstractHealthIndicator {
    private final Admin admin;

    KafkaHealthIndicator(Admin admin) {
        super("Kafka does not answer");
        this.admin = admin;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) throws InterruptedException {
        try {
            String cluster = admin.describeCluster().clusterId().get(2, TimeUnit.SECONDS);
            health.up().withDetail("cluster", cluster);
        } catch (ExecutionException | TimeoutException e) {
            health.down(e);
        }
    }
}
