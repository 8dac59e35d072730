package dev.steelyard.worker;

import dev.steelyard.artifacts.store.ArtifactStore;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.worker.catalog.MethodCatalog;
import dev.steelyard.worker.catalog.MethodScanner;
import dev.steelyard.worker.job.JobMeans;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Makes an application a worker. Its methods are all classes below the application's package that implement
 * {@link dev.steelyard.method.Method}; its service name is {@code spring.application.name} or else the last word of the
 * application's package.
 */
@AutoConfiguration
@EnableConfigurationProperties({WorkerProperties.class, KafkaProperties.class, StoreProperties.class})
class WorkerAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    MethodCatalog methodCatalog(BeanFactory beans, Environment environment) {
        List<String> packages = AutoConfigurationPackages.get(beans);
        String last = packages.getFirst().substring(packages.getFirst().lastIndexOf('.') + 1);
        return new MethodCatalog(
                environment.getProperty("spring.application.name", last), MethodScanner.scan(packages));
    }

    @Bean
    @ConditionalOnMissingBean
    ArtifactStore artifactStore(StoreProperties properties) throws IOException {
        return new DirectoryArtifactStore(properties.path());
    }

    @Bean(initMethod = "start", destroyMethod = "stop")
    StoreSweeper storeSweeper(ArtifactStore store, WorkerProperties properties) {
        return new StoreSweeper(store, properties.stateRetention());
    }

    @Bean
    WorkerContext workerContext(
            MethodCatalog catalog,
            ArtifactStore store,
            WorkerProperties properties,
            ControlFeed control,
            KafkaClients clients,
            Orders orders,
            MeterRegistry registry) {
        String name = clients.worker();
        return new WorkerContext(
                name,
                catalog,
                clients,
                orders,
                new Preparation(catalog, clients, name, control),
                new JobMeans(store, properties.threads(), properties.minFree().toBytes()),
                properties,
                new WorkerMetrics(registry));
    }

    @Bean
    KafkaClients kafkaClients(KafkaProperties kafka, WorkerProperties properties, MethodCatalog catalog) {
        return new KafkaClients(kafka, properties.nameFor(catalog.service()));
    }

    @Bean
    Orders orders() {
        return new Orders();
    }

    @Bean
    ControlFeed controlFeed(KafkaClients clients, Orders orders) {
        return new ControlFeed(clients, orders);
    }

    @Bean
    Worker worker(WorkerContext context, ControlFeed control) {
        return new Worker(context, control);
    }

    /** Named "kafka" in the health endpoint. */
    @Bean
    KafkaHealth kafkaHealthIndicator(KafkaClients clients, Worker worker) {
        return new KafkaHealth(clients, worker);
    }
}
