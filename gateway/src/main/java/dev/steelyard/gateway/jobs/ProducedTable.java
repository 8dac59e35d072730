package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.v1.JobEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Writes what accepted results name: artifacts, and the edges from their jobs. Call inside a transaction. */
@Component
class ProducedTable {
    private static final int CHUNK = 500;

    private final JdbcTemplate database;

    ProducedTable(JdbcTemplate database) {
        this.database = database;
    }

    private record Produced(UUID job, String name, JobEvent.Succeeded.Output output) {}

    void add(List<JobChange> changes) {
        List<Produced> all = new ArrayList<>();
        for (JobChange change : changes) {
            change.last(Effect.Succeeded.class)
                    .ifPresent(success -> success.result()
                            .getOutputsMap()
                            .forEach((name, output) -> all.add(new Produced(change.id(), name, output))));
        }
        if (all.isEmpty()) {
            return;
        }
        // Always in one order, so that two transactions with the same artifacts cannot block each other.
        all.sort(Comparator.comparing(produced -> produced.output().getArtifact()));
        database.batchUpdate(
                "insert into artifact (id, kind, size, files, produced_by) values (?, ?, ?, ?, ?)"
                        + " on conflict (id) do nothing",
                all,
                CHUNK,
                (statement, produced) -> {
                    statement.setString(1, produced.output().getArtifact());
                    statement.setString(2, produced.output().getKind());
                    statement.setLong(3, produced.output().getSize());
                    statement.setInt(4, produced.output().getFiles());
                    statement.setObject(5, produced.job());
                });
        database.batchUpdate(
                "insert into produced (job_id, name, artifact) values (?, ?, ?) on conflict do nothing",
                all,
                CHUNK,
                (statement, produced) -> {
                    statement.setObject(1, produced.job());
                    statement.setString(2, produced.name());
                    statement.setString(3, produced.output().getArtifact());
                });
    }
}
