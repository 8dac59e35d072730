package dev.steelyard.gateway.methods;

import com.google.protobuf.InvalidProtocolBufferException;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.MethodAnnouncement;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The methods that workers have announced; kept in memory, and in the database over a restart. */
@Component
public class MethodRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(MethodRegistry.class);

    private final Map<String, MethodDescription> methods = new ConcurrentSkipListMap<>();
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final JdbcClient database;
    private final JsonMapper json;

    MethodRegistry(JdbcClient database, JsonMapper json) {
        this.database = database;
        this.json = json;
        database.sql("select announcement from method")
                .query((row, n) -> row.getBytes(1))
                .list()
                .forEach(this::load);
    }

    /** All methods by id. */
    public Collection<MethodDescription> all() {
        return methods.values();
    }

    /**
     * One method.
     *
     * @throws ProblemException naming the methods there are
     */
    public MethodDescription require(String id) {
        MethodDescription method = methods.get(id);
        if (method == null) {
            throw ProblemException.field(
                    "/method",
                    "no method '" + id + "'; there "
                            + (methods.isEmpty() ? "are none yet" : "are " + methods.keySet()));
        }
        return method;
    }

    /** Takes in an announcement; one that cannot be read is logged and left out. */
    void announced(byte[] announcement) {
        load(announcement)
                .ifPresent(method -> database.sql("""
                insert into method (id, announcement) values (:id, :announcement)
                on conflict (id) do update set announcement = excluded.announcement, announced_at = now()
                """)
                        .param("id", method.id())
                        .param("announcement", announcement)
                        .update());
    }

    private Optional<MethodDescription> load(byte[] bytes) {
        try {
            MethodAnnouncement announcement = MethodAnnouncement.parseFrom(bytes);
            JsonNode schema = json.readTree(announcement.getParamsSchemaJson());
            Schema validator = schemas.getSchema(announcement.getParamsSchemaJson());
            MethodDescription method = new MethodDescription(announcement, schema, validator);
            methods.put(method.id(), method);
            return Optional.of(method);
        } catch (InvalidProtocolBufferException | JacksonException e) {
            LOG.warn("left out a method announcement that cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
