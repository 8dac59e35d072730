package dev.steelyard.worker;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Settings every worker has unless its own say otherwise: loopback only, readiness that includes Kafka, metrics. */
final class WorkerDefaults implements EnvironmentPostProcessor {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "steelyardWorkerDefaults",
                        Map.of(
                                "server.address", "127.0.0.1",
                                "server.tomcat.threads.max", "8",
                                "server.tomcat.threads.min-spare", "1",
                                "management.endpoints.web.exposure.include", "health,info,prometheus",
                                "management.endpoint.health.probes.enabled", "true",
                                "management.endpoint.health.show-details", "always",
                                "management.endpoint.health.group.readiness.include", "readinessState,kafka",
                                "management.health.diskspace.enabled", "false",
                                "spring.main.banner-mode", "off",
                                "logging.level.org.apache.kafka", "WARN")));
    }
}
