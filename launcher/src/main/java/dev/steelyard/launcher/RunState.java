package dev.steelyard.launcher;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running platform tells clients on the same machine, in {@code run.json} of its data folder.
 *
 * @param pid of the launcher
 * @param started when the launcher began, which tells it from a later process of the same id
 * @param ready whether everything had come up when this was written
 * @param gateway URL of the gateway
 * @param adminKeyFile file with the first admin key
 * @param kafka bootstrap servers
 * @param postgres JDBC URL
 * @param processes the service processes
 */
public record RunState(
        long pid,
        String started,
        boolean ready,
        String gateway,
        String adminKeyFile,
        String kafka,
        String postgres,
        List<ServiceState> processes) {
    private static final String FILE = "run.json";

    /**
     * One process of the gateway or a service.
     *
     * @param name such as "gateway" or "probe-2"
     * @param url where its health and metrics are
     */
    public record ServiceState(String name, String url) {
        /** Asks it whether it can do its work. */
        @JsonIgnore
        public boolean isReady() {
            return Readiness.ready(URI.create(url));
        }
    }

    /** Whether the broker takes connections. */
    @JsonIgnore
    public boolean isKafkaUp() {
        return Readiness.listens(URI.create("kafka://" + kafka));
    }

    /** Whether the database takes connections. */
    @JsonIgnore
    public boolean isPostgresUp() {
        return Readiness.listens(URI.create(postgres.substring("jdbc:".length())));
    }

    /** Where a platform lives unless told otherwise. */
    public static Path usualData() {
        return Path.of(System.getProperty("user.home"), ".steelyard");
    }

    /** The state of the platform on this folder; empty when none runs. */
    public static Optional<RunState> read(Path data) {
        Path file = data.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            RunState state = JsonMapper.shared().readValue(Files.readString(file), RunState.class);
            return Optional.of(state).filter(RunState::alive);
        } catch (IOException | JacksonException e) {
            throw new LauncherException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether the launcher still runs; a file left by a killed one is no state, whoever has its process id now. */
    private boolean alive() {
        return ProcessStart.of(pid).filter(begun -> begun.equals(started)).isPresent();
    }

    void write(Path data) {
        try {
            Path temporary = data.resolve(FILE + ".new");
            Files.writeString(
                    temporary,
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this));
            Files.move(temporary, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LauncherException("cannot write " + data.resolve(FILE) + ": " + e.getMessage(), e);
        }
    }

    static void remove(Path data) {
        try {
            Files.deleteIfExists(data.resolve(FILE));
        } catch (IOException e) {
            throw new LauncherException("cannot remove " + data.resolve(FILE) + ": " + e.getMessage(), e);
        }
    }
}
