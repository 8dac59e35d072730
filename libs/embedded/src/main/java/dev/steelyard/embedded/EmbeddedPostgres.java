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
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL server as a child process: loopback only, password protected, durable (fsync on), gone when this JVM
 * is. The folder is initialised on the first start and kept. {@link #stop} and {@link #start} may alternate; the port
 * stays. A server that an earlier, killed JVM left behind in the same folder is stopped first.
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
    private static final int SECRET_BYTES = 24;

    private final Path folder;
    private final Path data;
    private final int port;
    private final Children children;
    private CompletableFuture<Integer> crash = new CompletableFuture<>();
    private @Nullable PostgresCluster cluster;
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

    /** Where the server writes its log. */
    public Path logFile() {
        return folder.resolve("postgres.log");
    }

    /**
     * Completes with the exit code when the server ends without having been stopped; an orderly stop and start in between
     * do not matter.
     */
    public synchronized CompletableFuture<Integer> crash() {
        return crash;
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
        try {
            Files.createDirectories(folder);
            PostgresCluster files = new PostgresCluster(PostgresBinaries.bin(), data, logFile(), children);
            files.stopStale();
            if (!Ports.isFree(port)) {
                throw new EmbeddedException("PostgreSQL: port " + port + " of 127.0.0.1 is in use by another process");
            }
            password = Files.readString(passwordFile()).strip();
            files.initialise(USER, passwordFile());
            cluster = files;
            Process started = files.launch(port);
            awaitReady(started, files);
            watch(started);
        } catch (IOException e) {
            throw new EmbeddedException("PostgreSQL: cannot use " + folder + ": " + e.getMessage(), e);
        }
        createDatabase(DATABASE);
        log.info("PostgreSQL listens on 127.0.0.1:{}, data in {}", port, data);
        return this;
    }

    private void watch(Process started) {
        if (crash.isDone()) {
            crash = new CompletableFuture<>();
        }
        CompletableFuture<Integer> ends = crash;
        server = started;
        var _ = started.onExit().thenAccept(gone -> {
            if (isCurrent(gone)) {
                ends.complete(gone.exitValue());
            }
        });
    }

    private synchronized boolean isCurrent(Process process) {
        return process.equals(server);
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
        PostgresCluster files = cluster;
        server = null;
        if (running == null || files == null || !running.isAlive()) {
            return;
        }
        files.stop();
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

    private Path passwordFile() throws IOException {
        Path file = folder.resolve("password");
        if (!Files.exists(file)) {
            byte[] secret = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(secret);
            Path written = folder.resolve("password.new");
            Files.deleteIfExists(written);
            Files.createFile(
                    written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(written, HexFormat.of().formatHex(secret));
            Files.move(written, file);
        }
        return file;
    }

    private void awaitReady(Process starting, PostgresCluster files) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                connect("postgres").close();
                return;
            } catch (SQLException e) {
                if (!starting.isAlive() || System.nanoTime() > deadline) {
                    starting.destroyForcibly();
                    throw new EmbeddedException("PostgreSQL did not start in " + data + ": " + files.lastLogLines(), e);
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
}
