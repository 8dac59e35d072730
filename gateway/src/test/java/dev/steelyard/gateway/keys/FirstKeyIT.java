package dev.steelyard.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.embedded.EmbeddedPostgres;
import dev.steelyard.embedded.SharedInfrastructure;
import dev.steelyard.gateway.audit.Audit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class FirstKeyIT {
    private static final String DATABASE = "first_key";

    @TempDir
    private Path folder;

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    /** A platform that nobody has started before. */
    @BeforeEach
    void prepare() {
        EmbeddedPostgres postgres = SharedInfrastructure.postgres();
        postgres.createDatabase(DATABASE);
        DataSource source =
                new DriverManagerDataSource(postgres.jdbcUrl(DATABASE), EmbeddedPostgres.USER, postgres.password());
        Flyway.configure().dataSource(source).load().migrate();
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(source));
        context.registerBean(
                TransactionTemplate.class, () -> new TransactionTemplate(new JdbcTransactionManager(source)));
        context.register(Audit.class, ApiKeys.class);
        context.refresh();
        context.getBean(JdbcClient.class).sql("truncate api_key, audit").update();
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void a_key_that_cannot_be_written_down_is_not_made() {
        Path file = folder.resolve("missing").resolve("admin-key");

        assertThatThrownBy(() -> start(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());

        assertThat(keys().isEmpty()).isTrue();
        assertThat(context.getBean(JdbcClient.class)
                        .sql("select action from audit")
                        .query(String.class)
                        .list())
                .isEmpty();
    }

    @Test
    void the_key_is_in_a_file_for_its_owner_alone() throws IOException {
        Path file = Files.writeString(folder.resolve("admin-key"), "of a platform before\n");

        start(file);

        assertThat(keys().authenticate(Files.readString(file).strip())).get().matches(ApiKeys.Holder::isAdmin);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void there_is_one_first_key() throws IOException {
        Path file = folder.resolve("admin-key");
        start(file);
        String key = Files.readString(file);

        start(file);

        assertThat(Files.readString(file)).isEqualTo(key);
        assertThat(keys().list()).hasSize(1);
    }

    private void start(Path file) {
        new FirstKey(keys(), new KeySettings(file), context.getBean(TransactionTemplate.class))
                .run(new DefaultApplicationArguments());
    }

    private ApiKeys keys() {
        return context.getBean(ApiKeys.class);
    }
}
