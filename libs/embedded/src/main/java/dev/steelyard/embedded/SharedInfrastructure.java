package dev.steelyard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One broker and one database for all tests of a JVM, started when first asked for and stopped, with their data, when
 * the JVM ends. Tests keep apart by service names, topics and databases of their own.
 */
public final class SharedInfrastructure {
    private SharedInfrastructure() {}

    /** The broker, running. */
    public static EmbeddedKafka kafka() {
        return Kafka.RUNNING;
    }

    /** The database server, running. */
    public static EmbeddedPostgres postgres() {
        return Postgres.RUNNING;
    }

    private static final class Kafka {
        static final EmbeddedKafka RUNNING = start();

        private static EmbeddedKafka start() {
            Path folder = temporaryFolder("steelyard-kafka-");
            EmbeddedKafka kafka = new EmbeddedKafka(folder, 0);
            atExit(kafka, folder);
            return kafka.start();
        }
    }

    private static final class Postgres {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            Path folder = temporaryFolder("steelyard-postgres-");
            EmbeddedPostgres postgres = new EmbeddedPostgres(folder, 0, new Children());
            atExit(postgres, folder);
            return postgres.start();
        }
    }

    private static Path temporaryFolder(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new EmbeddedException("no temporary folder: " + e.getMessage(), e);
        }
    }

    private static void atExit(AutoCloseable running, Path folder) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                running.close();
                Folders.delete(folder);
            } catch (Exception e) {
                System.err.println("left behind: " + folder + " (" + e + ")");
            }
        }));
    }
}
