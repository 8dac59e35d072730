package dev.steelyard.worker;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Ready when the broker answers and every loop of the worker does its work. */
final class KafkaHealth extends AbstractHealthIndicator implements AutoCloseable {
    private static final int PATIENCE_MS = 2_000;

    private final KafkaClients clients;
    private final Worker worker;
    private @Nullable Admin admin;

    KafkaHealth(KafkaClients clients, Worker worker) {
        super("the broker does not answer");
        this.clients = clients;
        this.worker = worker;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws Exception {
        builder.withDetail("waitingFor", worker.waitingFor());
        String cluster = admin().describeCluster(new DescribeClusterOptions().timeoutMs(PATIENCE_MS))
                .clusterId()
                .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        builder.withDetail("cluster", cluster);
        if (worker.waitingFor().isEmpty()) {
            builder.up();
        } else {
            builder.outOfService();
        }
    }

    private synchronized Admin admin() {
        Admin open = admin == null ? clients.admin("health") : admin;
        admin = open;
        return open;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(java.time.Duration.ZERO);
            admin = null;
        }
    }
}
