package dev.steelyard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL server as a child process: loopback only, password protected, durable (fsync on), gone when this JVM
 * is. The folder is initialised on the first start and kept. {@link #stop} and {@link #start} may alternate; the port
 * stays. A server that an earlier, killed JVM left behind in the same folder is stopped first.
 *
 * <p>PostgreSQL refuses to run as root; under root it runs in a user namespace of its own, in which it is not.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The database made on the first start. */
    public static final String DATABASE = "steelyard";

    /** The only role, owner of all databases. */
    public static final String USER = "steelyard";

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final String MAJOR = "18";

    private final Path folder;
    private final Path data;
    private final int port;
    private final Children children;
    private @Nullable Path bin;
    private @Nullable Process server;
    private String password = "";

    /**
     * A server that is not yet running.
     *
     * @param folder where it keeps its data (in a subfolder named for the major version), its log and its password
     * @param port to listen on; 0: a free one is chosen now and kept
     * @param children starts the process
     */
    public EmbeddedPostgres(Path folder, int port, Children children) {
        this.folder = folder.toAbsolutePath();
        this.data = this.folder.resolve("pg" + MAJOR);
        this.port = port == 0 ? Ports.free() : port;
        this.children = children;
    }

    public int port() {
        return port;
    }

    /** The password of {@link #USER}; known once it has been started. */
    public synchronized String password() {
        return password;
    }

    /** JDBC URL of {@link #DATABASE}, without credentials. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    /** JDBC URL of a database of this server, without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /**
     * Starts and returns when clients can connect.
     *
     * @throws EmbeddedException when the port is taken, the folder cannot be used or the server does not come up
     */
    public synchronized EmbeddedPostgres start() {
        if (server != null && server.isAlive()) {
            return this;
        }
        Path programs = PostgresBinaries.bin();
        bin = programs;
        try {
            Files.createDirectories(folder);
            stopStale(programs);
            if (!Ports.isFree(port)) {
                throw new EmbeddedException("PostgreSQL: port " + port + " of 127.0.0.1 is in use by another process");
            }
            password = passwordFile();
            if (!Files.exists(data.resolve("PG_VERSION"))) {
                initialise(programs);
            }
            server = launch(programs);
        } catch (IOException e) {
            throw new EmbeddedException("PostgreSQL: cannot use " + folder + ": " + e.getMessage(), e);
        }
        awaitReady(server);
        createDatabase(DATABASE);
        log.info("PostgreSQL listens on 127.0.0.1:{}, data in {}", port, data);
        return this;
    }

    /**
     * Makes a database of this name if there is none.
     *
     * @param name lower-case letters, digits and underscores
     */
    public void createDatabase(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("database name '" + name + "': expected " + NAME);
        }
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new EmbeddedException("PostgreSQL: cannot make database " + name + ": " + e.getMessage(), e);
        }
    }

    /** A new connection as {@link #USER}. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), USER, password());
    }

    /** Ends all connections and stops in an orderly way; nothing happens when it is not running. */
    public synchronized void stop() {
        Process running = server;
        Path programs = bin;
        server = null;
        if (running == null || programs == null || !running.isAlive()) {
            return;
        }
        stopServer(programs);
        try {
            if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }

    private String passwordFile() throws IOException {
        Path file = folder.resolve("password");
        if (!Files.exists(file)) {
            byte[] secret = new byte[24];
            new SecureRandom().nextBytes(secret);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(secret));
        }
        return Files.readString(file).strip();
    }

    private void initialise(Path programs) throws IOException {
        List<String> command = command(
                programs.resolve("initdb"),
                "--pgdata=" + data,
                "--username=" + USER,
                "--pwfile=" + folder.resolve("password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions");
        if (runToEnd(command) != 0) {
            throw new EmbeddedException("PostgreSQL: initdb failed: " + lastLogLines());
        }
    }

    private Process launch(Path programs) {
        List<String> command = new ArrayList<>(namespace());
        command.addAll(Children.tie("INT")); // "fast shutdown": does not wait for clients to leave
        command.addAll(List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", "" + port));
        for (String setting : settings()) {
            command.addAll(List.of("-c", setting));
        }
        return children.run(loggedTo(new ProcessBuilder(command)));
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

    private void awaitReady(Process starting) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                connect("postgres").close();
                return;
            } catch (SQLException e) {
                if (!starting.isAlive() || System.nanoTime() > deadline) {
                    starting.destroyForcibly();
                    throw new EmbeddedException("PostgreSQL did not start in " + data + ": " + lastLogLines(), e);
                }
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(40); // between two attempts to connect
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while PostgreSQL started", e);
        }
    }

    /** Stops the server of a JVM that was killed, if one still runs on this folder. */
    private void stopStale(Path programs) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try (Stream<String> lines = Files.lines(pidFile)) {
            long pid = Long.parseLong(lines.findFirst().orElse("0").strip());
            boolean postgres = ProcessHandle.of(pid)
                    .flatMap(process -> process.info().command())
                    .filter(command -> command.endsWith("postgres"))
                    .isPresent();
            if (postgres) {
                log.warn("PostgreSQL (pid {}) was left behind on {}; stopping it", pid, data);
                stopServer(programs);
            }
        } catch (NumberFormatException e) {
            log.warn("{} is damaged; PostgreSQL will judge it", pidFile);
        }
    }

    private void stopServer(Path programs) {
        runToEnd(command(
                programs.resolve("pg_ctl"),
                "stop",
                "--pgdata=" + data,
                "--mode=fast",
                "--wait",
                "--timeout=" + PATIENCE.toSeconds()));
    }

    private List<String> command(Path program, String... arguments) {
        List<String> command = new ArrayList<>(namespace());
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> namespace() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "--user", "--") : List.of();
    }

    private int runToEnd(List<String> command) {
        try {
            return children.run(loggedTo(new ProcessBuilder(command))).waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedException("interrupted while running " + command.getFirst(), e);
        }
    }

    private ProcessBuilder loggedTo(ProcessBuilder builder) {
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    }

    /** Where the server writes its log. */
    public Path logFile() {
        return folder.resolve("postgres.log");
    }

    private String lastLogLines() {
        try (Stream<String> lines = Files.lines(logFile())) {
            List<String> all = lines.toList();
            return String.join(" | ", all.subList(Math.max(0, all.size() - 3), all.size()));
        } catch (IOException e) {
            return "see " + logFile();
        }
    }
}
