package dev.steelyard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class EmbeddedPostgresIT {

    @TempDir
    Path folder;

    @Test
    void stopping_leaves_no_process_and_rows_survive_a_restart_on_the_same_folder() throws Exception {
        Path data = folder.resolve("db");
        try (EmbeddedPostgres postgres = new EmbeddedPostgres(data, 0, new Children())) {
            postgres.start();
            execute(postgres, "create table kept (id int)", "insert into kept values (7)");
            ProcessHandle process = postmaster(data);

            postgres.stop();
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !process.isAlive());
            postgres.start();

            assertThat(ask(postgres, "select id from kept")).isEqualTo("7");
        }
    }

    @Test
    void commits_are_synced_to_disk_and_only_loopback_is_served() throws Exception {
        EmbeddedPostgres postgres = SharedInfrastructure.postgres();

        assertThat(ask(postgres, "show fsync")).isEqualTo("on");
        assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
        assertThat(ask(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(ask(postgres, "show server_version")).startsWith("18");
    }

    @Test
    void a_wrong_password_is_refused_and_the_right_one_is_for_the_owner_only() throws Exception {
        EmbeddedPostgres postgres = SharedInfrastructure.postgres();

        assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, "guess"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password");
        Path password = postgres.logFile().resolveSibling("password");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_server_left_behind_by_a_killed_owner_is_stopped_before_the_start() throws Exception {
        Path data = folder.resolve("db");
        EmbeddedPostgres abandoned = new EmbeddedPostgres(data, 0, new Children()).start();
        execute(abandoned, "create table kept (id int)", "insert into kept values (9)");
        ProcessHandle orphan = postmaster(data);

        try (EmbeddedPostgres next = new EmbeddedPostgres(data, 0, new Children())) {
            next.start();

            assertThat(ask(next, "select id from kept")).isEqualTo("9");
            assertThat(orphan.isAlive()).isFalse();
        }
    }

    @Test
    void killing_the_owner_takes_the_server_along() throws Exception {
        Path data = folder.resolve("db");
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostgresOwner.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(owner.inputReader().readLine()).isEqualTo("running");
        ProcessHandle server = postmaster(data);

        owner.destroyForcibly();

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !server.isAlive());
    }

    @Test
    void a_crash_is_told_and_a_stop_is_not() throws Exception {
        Path data = folder.resolve("db");
        try (EmbeddedPostgres postgres = new EmbeddedPostgres(data, 0, new Children()).start()) {
            CompletableFuture<Integer> first = postgres.crash();
            postmaster(data).destroyForcibly();
            assertThat(first).succeedsWithin(Duration.ofSeconds(10));

            postgres.start();
            CompletableFuture<Integer> second = postgres.crash();
            ProcessHandle server = postmaster(data);
            postgres.stop();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !server.isAlive());
            assertThat(second).isNotDone();
        }
    }

    private static ProcessHandle postmaster(Path folder) throws IOException {
        String pid = Files.readAllLines(folder.resolve("pg18/postmaster.pid")).getFirst();
        return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    }

    private static void execute(EmbeddedPostgres postgres, String... statements) throws SQLException {
        try (Connection connection = postgres.connect(EmbeddedPostgres.DATABASE);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String ask(EmbeddedPostgres postgres, String query) throws SQLException {
        try (Connection connection = postgres.connect(EmbeddedPostgres.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
