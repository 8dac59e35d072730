package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.gateway.audit.Audit;
import dev.steelyard.gateway.problems.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The artifacts anyone may see: brought in, or named by the accepted result of a job. */
@Component
class ArtifactCatalog {
    private static final String COLUMNS = "id, kind, size, files, produced_by, source, created_at";

    private final JdbcClient database;
    private final Audit audit;

    ArtifactCatalog(JdbcClient database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /** Makes what the store has taken in known; nothing changes when it was known. */
    @Transactional
    ArtifactView add(Manifest manifest, String source) {
        database.sql("insert into artifact (id, kind, size, files, source) values (?, ?, ?, ?, ?)"
                        + " on conflict (id) do nothing")
                .params(
                        manifest.id().toString(),
                        manifest.kind().wire(),
                        manifest.size(),
                        manifest.files().size(),
                        source)
                .update();
        audit.record("artifact.add", manifest.id().toString(), source);
        return require(manifest.id()).with(manifest.files());
    }

    /**
     * One artifact, without its files.
     *
     * @throws ProblemException when it is not known, whatever the store holds
     */
    ArtifactView require(ArtifactId id) {
        return database.sql("select " + COLUMNS + " from artifact where id = ?")
                .param(id.toString())
                .query(ArtifactCatalog::view)
                .optional()
                .orElseThrow(() -> ProblemException.notFound("no artifact " + id));
    }

    /** Newest first, after the given one. */
    List<ArtifactView> list(@Nullable String kind, @Nullable Instant before, @Nullable String beforeId, int limit) {
        return database.sql("select " + COLUMNS + """
                         from artifact
                        where (:kind::text is null or kind = :kind)
                          and (:before::timestamptz is null or (created_at, id) < (:before::timestamptz, :beforeId))
                        order by created_at desc, id desc limit :limit
                        """)
                .param("kind", kind)
                .param("before", before == null ? null : Timestamp.from(before))
                .param("beforeId", beforeId)
                .param("limit", limit)
                .query(ArtifactCatalog::view)
                .list();
    }

    private static ArtifactView view(ResultSet row, int n) throws SQLException {
        return new ArtifactView(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getInt(4),
                null,
                row.getObject(5, UUID.class),
                row.getString(6),
                row.getTimestamp(7).toInstant());
    }
}
