package dev.steelyard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One data directory of PostgreSQL and the programs that work on it. PostgreSQL refuses to run as root; under root the
 * programs run in a user namespace of their own, in which they are not.
 */
final class PostgresCluster {
    private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);

    private final Path bin;
    private final Path data;
    private final Path logFile;
    private final Children children;

    PostgresCluster(Path bin, Path data, Path logFile, Children children) {
        this.bin = bin;
        this.data = data;
        this.logFile = logFile;
        this.children = children;
    }

    /** Initialises the directory unless that has been done; an interrupted try leaves nothing behind. */
    void initialise(String user, Path passwordFile) throws IOException {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Path building = data.resolveSibling(data.getFileName() + ".new");
        Folders.delete(building);
        int exit = runToEnd(
                bin.resolve("initdb"),
                "--pgdata=" + building,
                "--username=" + user,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions");
        if (exit != 0) {
            throw new EmbeddedException("PostgreSQL: initdb failed: " + lastLogLines());
        }
        Files.move(building, data);
    }

    /** Starts the server; it is ready some time later. */
    Process launch(int port) {
        List<String> command = new ArrayList<>(namespace());
        command.addAll(Children.tie("INT")); // "fast shutdown": does not wait for clients to leave
        command.addAll(List.of(bin.resolve("postgres").toString(), "-D", data.toString(), "-p", "" + port));
        for (String setting : settings()) {
            command.addAll(List.of("-c", setting));
        }
        return children.run(logged(command));
    }

    private static List<String> settings() {
        return List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "max_connections=100",
                "shared_buffers=64MB",
                "max_wal_size=256MB",
                "timezone=UTC",
                "log_timezone=UTC",
                "log_checkpoints=off");
    }

    /** Ends connections and stops the server. */
    void stop() {
        runToEnd(
                bin.resolve("pg_ctl"),
                "stop",
                "--pgdata=" + data,
                "--mode=fast",
                "--wait",
                "--timeout=" + LONGEST_STOP.toSeconds());
    }

    /** Stops the server of a JVM that was killed, if one still runs on this directory. */
    void stopStale() throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try (Stream<String> lines = Files.lines(pidFile)) {
            long pid = Long.parseLong(lines.findFirst().orElse("0").strip());
            if (isPostgres(pid)) {
                log.warn("PostgreSQL (pid {}) was left behind on {}; stopping it", pid, data);
                stop();
            }
        } catch (NumberFormatException e) {
            log.warn("{} is damaged; PostgreSQL will judge it", pidFile);
        }
    }

    private static boolean isPostgres(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("postgres"))
                .isPresent();
    }

    /** The end of the log, in one line. */
    String lastLogLines() {
        try (Stream<String> lines = Files.lines(logFile)) {
            List<String> all = lines.toList();
            return String.join(" | ", all.subList(Math.max(0, all.size() - 3), all.size())) + " (see " + logFile + ")";
        } catch (IOException e) {
            return "see " + logFile;
        }
    }

    private static List<String> namespace() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "--user", "--") : List.of();
    }

    private int runToEnd(Path program, String... arguments) {
        List<String> command = new ArrayList<>(namespace());
        command.add(program.toString());
        command.addAll(List.of(arguments));
        try {
            return children.run(logged(command)).waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while running " + program, e);
        }
    }

    private ProcessBuilder logged(List<String> command) {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
    }
}
