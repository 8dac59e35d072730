package dev.steelyard.gateway.models;

import dev.steelyard.gateway.audit.Audit;
import dev.steelyard.gateway.problems.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Models, their versions and aliases. */
@Service
class ModelRegistry {
    private final JdbcClient database;
    private final Audit audit;

    ModelRegistry(JdbcClient database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /**
     * Makes the next version.
     *
     * @param expected newest version the caller knows; null: whatever it is
     * @throws ProblemException when another version came in between, naming it
     */
    @Transactional
    VersionView register(String name, String artifact, String description, @Nullable Integer expected) {
        database.sql("insert into model (name) values (?) on conflict (name) do nothing")
                .param(name)
                .update();
        database.sql("select name from model where name = ? for update")
                .param(name)
                .query(String.class)
                .single();
        int newest = database.sql("select coalesce(max(version), 0) from model_version where model = ?")
                .param(name)
                .query(Integer.class)
                .single();
        if (expected != null && expected != newest) {
            throw ProblemException.conflict(
                    "version-conflict",
                    "model '" + name + "' is at version " + newest + ", not at " + expected + " any more");
        }
        audit.record("model.register", name, "version " + (newest + 1) + ": " + artifact);
        return database.sql("""
                        insert into model_version (model, version, artifact, description) values (?, ?, ?, ?)
                        returning model, version, artifact, description, created_at
                        """)
                .params(name, newest + 1, artifact, description)
                .query(ModelRegistry::version)
                .single();
    }

    List<ModelView> all() {
        return views(database.sql("select model, version, artifact, description, created_at from model_version"
                        + " order by model, version")
                .query(ModelRegistry::version)
                .list());
    }

    Optional<ModelView> find(String name) {
        return views(database.sql("select model, version, artifact, description, created_at from model_version"
                                + " where model = ? order by version")
                        .param(name)
                        .query(ModelRegistry::version)
                        .list())
                .stream()
                .findFirst();
    }

    @Transactional
    boolean alias(String name, String alias, int version) {
        boolean set = database.sql("""
                        insert into model_alias (model, alias, version)
                        select model, :alias, version from model_version where model = :name and version = :version
                        on conflict (model, alias) do update set version = excluded.version
                        """)
                        .param("name", name)
                        .param("alias", alias)
                        .param("version", version)
                        .update()
                == 1;
        if (set) {
            audit.record("model.alias", name, alias + " is version " + version);
        }
        return set;
    }

    @Transactional
    boolean removeAlias(String name, String alias) {
        boolean removed = database.sql("delete from model_alias where model = ? and alias = ?")
                        .params(name, alias)
                        .update()
                == 1;
        if (removed) {
            audit.record("model.unalias", name, alias);
        }
        return removed;
    }

    private List<ModelView> views(List<VersionView> versions) {
        Map<String, Map<String, Integer>> aliases = new TreeMap<>();
        database.sql("select model, alias, version from model_alias order by alias")
                .query(row -> {
                    aliases.computeIfAbsent(row.getString(1), m -> new TreeMap<>())
                            .put(row.getString(2), row.getInt(3));
                });
        return versions.stream()
                .collect(Collectors.groupingBy(VersionView::model, TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(m -> new ModelView(
                        m.getKey(),
                        m.getValue().getLast().description(),
                        m.getValue(),
                        aliases.getOrDefault(m.getKey(), Map.of())))
                .toList();
    }

    private static VersionView version(ResultSet row, int n) throws SQLException {
        return new VersionView(
                row.getString(1),
                row.getInt(2),
                row.getString(3),
                row.getString(4),
                row.getTimestamp(5).toInstant());
    }
}
