package dev.steelyard.launcher;

import dev.steelyard.embedded.Children;
import dev.steelyard.embedded.EmbeddedException;
import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.EmbeddedPostgres;
import dev.steelyard.embedded.Topology;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The broker, in this JVM, and the database, its child: what must be there before the gateway and the services. */
final class Infrastructure {
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres postgres;
    private final DatabaseKeeper keeper;

    Infrastructure(DataFolder data, PlatformOptions.Ports ports, Children children, Consumer<String> announce) {
        this.kafka = new EmbeddedKafka(data.kafka(), ports.kafka());
        this.postgres = new EmbeddedPostgres(data.postgres(), ports.postgres(), children);
        this.keeper = new DatabaseKeeper(
                postgres::crash,
                postgres::start,
                Backoff.usual(),
                line -> announce.accept(line + " (log: " + postgres.logFile() + ")"));
    }

    EmbeddedKafka kafka() {
        return kafka;
    }

    EmbeddedPostgres postgres() {
        return postgres;
    }

    /** Starts both at once and makes the topics; a database that ends unasked is started again from then on. */
    void start(Topology topology, Collection<String> services) {
        CompletableFuture<Void> database = CompletableFuture.runAsync(postgres::start);
        try {
            kafka.start();
            topology.create(kafka.bootstrapServers(), services);
        } finally {
            awaitStarted(database); // also when the broker failed: what has begun must be there to be stopped
        }
        keeper.keep();
    }

    private static void awaitStarted(CompletableFuture<Void> database) {
        try {
            database.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EmbeddedException failure) {
                throw failure;
            }
            throw e;
        }
    }

    void stop() {
        keeper.stop();
        postgres.stop();
        kafka.stop();
    }
}
