package dev.steelyard.gateway.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.steelyard.gateway.kafka.KafkaClients;
import dev.steelyard.gateway.testing.FakeWorker;
import dev.steelyard.gateway.testing.RunningGateway;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

class MethodAnnouncementsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private final RunningGateway gateway = RunningGateway.shared();
    private final JdbcClient database = gateway.bean(JdbcClient.class);
    private final FakeWorker worker = gateway.worker();

    /** Keeps whatever is written about methods. */
    @BeforeEach
    void watch() {
        database.sql("""
                create table written (id text, announcement bytea);
                create function keep() returns trigger language plpgsql as $$
                begin
                    insert into written values (new.id, new.announcement);
                    return new;
                end $$
                """).update();
    }

    @AfterEach
    void forget() {
        worker.close();
        database.sql("drop table written; drop function keep() cascade").update();
    }

    @Test
    void at_a_start_no_older_announcement_becomes_current_again() {
        for (String version : List.of("1", "3", "2")) {
            worker.announce("rolled-back", m -> m.setVersion(version));
        }
        await().atMost(SOON)
                .until(() -> gateway.rest().get("/v1/methods/fake/rolled-back").text("version"), "2"::equals);
        database.sql("create trigger kept after insert or update on method for each row execute function keep()")
                .update();
        MethodRegistry registry = new MethodRegistry(database, gateway.bean(JsonMapper.class));
        MethodAnnouncements second = new MethodAnnouncements(gateway.bean(KafkaClients.class), registry);

        second.start();
        try {
            await().atMost(SOON).until(() -> !written("fake/rolled-back").isEmpty());
            worker.announce("rolled-back", m -> m.setVersion("4"));
            await().atMost(SOON).until(() -> written("fake/rolled-back").size() >= 3);
        } finally {
            second.stop();
        }

        // by the one that starts; then by both that follow
        assertThat(written("fake/rolled-back")).containsExactly("2", "4", "4");
        assertThat(registry.require("fake/rolled-back").announcement().getVersion())
                .isEqualTo("4");
    }

    private List<String> written(String id) {
        return database
                .sql("select announcement from written where id = ?")
                .param(id)
                .query((row, n) -> row.getBytes(1))
                .list()
                .stream()
                .map(MethodAnnouncementsIT::version)
                .toList();
    }

    private static String version(byte[] announcement) {
        try {
            return MethodAnnouncement.parseFrom(announcement).getVersion();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
