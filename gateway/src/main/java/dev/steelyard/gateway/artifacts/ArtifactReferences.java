package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.gateway.problems.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds the artifact that a reference means now. */
@Component
public class ArtifactReferences {
    private static final Pattern MODEL = Pattern.compile("(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,127})"
            + "(?:@(?<alias>[A-Za-z0-9][A-Za-z0-9._-]{0,63})|:(?<version>[0-9]{1,9}))?");

    private final JdbcClient database;

    ArtifactReferences(JdbcClient database) {
        this.database = database;
    }

    /** A known artifact. */
    public record Found(ArtifactId id, String kind) {}

    /**
     * Resolves "sha256:…", "model" (its newest version), "model@alias" or "model:version".
     *
     * @param pointer JSON pointer of the reference, for the message
     * @throws ProblemException when nothing of that name is known
     */
    public Found resolve(String reference, String pointer) {
        Optional<Found> found;
        if (ArtifactId.looksLikeId(reference)) {
            found = database.sql("select id, kind from artifact where id = ?")
                    .param(reference)
                    .query(ArtifactReferences::found)
                    .optional();
        } else {
            Matcher model = MODEL.matcher(reference);
            if (!model.matches()) {
                throw ProblemException.field(
                        pointer,
                        "'" + reference + "' is no reference: expected sha256:<64 hex digits>, <model>, "
                                + "<model>@<alias> or <model>:<version>");
            }
            found = model(model);
        }
        return found.orElseThrow(() -> ProblemException.field(pointer, "'" + reference + "' is not known"));
    }

    private Optional<Found> model(Matcher reference) {
        String name = reference.group("name");
        if (reference.group("alias") != null) {
            return database.sql("""
                            select a.id, a.kind from model_alias l
                            join model_version v on v.model = l.model and v.version = l.version
                            join artifact a on a.id = v.artifact
                            where l.model = ? and l.alias = ?
                            """)
                    .params(name, reference.group("alias"))
                    .query(ArtifactReferences::found)
                    .optional();
        }
        Integer version = reference.group("version") == null ? null : Integer.valueOf(reference.group("version"));
        return database.sql("""
                        select a.id, a.kind from model_version v join artifact a on a.id = v.artifact
                        where v.model = :name and (:version::integer is null or v.version = :version::integer)
                        order by v.version desc limit 1
                        """)
                .param("name", name)
                .param("version", version)
                .query(ArtifactReferences::found)
                .optional();
    }

    private static Found found(ResultSet row, int n) throws SQLException {
        return new Found(ArtifactId.parse(row.getString(1)), row.getString(2));
    }
}
