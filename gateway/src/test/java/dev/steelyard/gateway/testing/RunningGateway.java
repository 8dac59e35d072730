package dev.steelyard.gateway.testing;

import dev.steelyard.embedded.EmbeddedPostgres;
import dev.steelyard.embedded.SharedInfrastructure;
import dev.steelyard.embedded.Topology;
import dev.steelyard.gateway.GatewayApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway on a real broker and a real database; one for all tests of a JVM. */
public final class RunningGateway {
    /** The service whose worker the tests play. */
    public static final String SERVICE = "fake";

    private static final RunningGateway SHARED = start();

    private final ConfigurableApplicationContext context;
    private final String key;
    private final Path folder;

    private RunningGateway(ConfigurableApplicationContext context, String key, Path folder) {
        this.context = context;
        this.key = key;
        this.folder = folder;
    }

    public static RunningGateway shared() {
        return SHARED;
    }

    private static RunningGateway start() {
        try {
            EmbeddedPostgres postgres = SharedInfrastructure.postgres();
            String kafka = SharedInfrastructure.kafka().bootstrapServers();
            Topology.standard().create(kafka, List.of(SERVICE));
            Path folder = Files.createTempDirectory("steelyard-gateway-");
            Path keyFile = folder.resolve("admin-key");
            List<String> arguments = new ArrayList<>(List.of(
                    "--server.port=0",
                    "--spring.datasource.url=" + postgres.jdbcUrl(),
                    "--spring.datasource.username=" + EmbeddedPostgres.USER,
                    "--spring.datasource.password=" + postgres.password(),
                    "--steelyard.kafka.bootstrap-servers=" + kafka,
                    "--steelyard.store.path=" + folder.resolve("store"),
                    "--steelyard.gateway.import-roots=" + folder.resolve("import"),
                    "--steelyard.gateway.reaper.silence=PT6S",
                    "--steelyard.gateway.reaper.check=PT1S",
                    "--steelyard.gateway.jobs.first-backoff=PT0.2S",
                    "--steelyard.gateway.admin-key-file=" + keyFile));
            Files.createDirectories(folder.resolve("import"));
            ConfigurableApplicationContext context =
                    new SpringApplicationBuilder(GatewayApplication.class).run(arguments.toArray(String[]::new));
            Runtime.getRuntime().addShutdownHook(new Thread(context::close));
            return new RunningGateway(context, Files.readString(keyFile).strip(), folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client with the first admin key. */
    public Rest rest() {
        return rest(key);
    }

    /** A client with another key. */
    public Rest rest(String apiKey) {
        return new Rest("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"), apiKey);
    }

    public String adminKey() {
        return key;
    }

    /** A worker of {@link #SERVICE} that does what a test tells it. */
    public FakeWorker worker() {
        return new FakeWorker(SharedInfrastructure.kafka().bootstrapServers(), SERVICE);
    }

    /** The folder of its artifacts. */
    public Path store() {
        return folder.resolve("store");
    }

    /** Where files may be imported from. */
    public Path importRoot() {
        return folder.resolve("import");
    }

    /** A bean of the running gateway. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }
}
