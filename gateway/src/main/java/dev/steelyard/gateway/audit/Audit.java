package dev.steelyard.gateway.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Keeps who changed what. Called within the transaction of the change, so that there is neither a change without its
 * entry nor an entry without its change. Submissions are not repeated here: each job names its owner.
 */
@Component
public class Audit {
    private static final String SYSTEM = "system";

    private final JdbcClient database;

    Audit(JdbcClient database) {
        this.database = database;
    }

    /**
     * Adds an entry in the name of the caller of the current request.
     *
     * @param action such as "model.register"
     * @param subject what is changed
     * @param detail what a reader would ask next; never a secret
     */
    public void record(String action, String subject, String detail) {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        database.sql("insert into audit (actor, action, subject, detail) values (?, ?, ?, ?)")
                .params(caller == null ? SYSTEM : caller.getName(), action, subject, detail)
                .update();
    }

    /** Newest first, older than the given entry. */
    List<AuditEntry> list(
            @Nullable String actor, @Nullable String action, @Nullable String subject, long before, int limit) {
        return database.sql("""
                        select id, at, actor, action, subject, detail from audit
                        where id < :before
                          and (:actor::text is null or actor = :actor)
                          and (:action::text is null or action = :action)
                          and (:subject::text is null or subject = :subject)
                        order by id desc limit :limit
                        """)
                .param("before", before)
                .param("actor", actor)
                .param("action", action)
                .param("subject", subject)
                .param("limit", limit)
                .query((row, n) -> new AuditEntry(
                        row.getLong(1),
                        row.getTimestamp(2).toInstant(),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)))
                .list();
    }
}
