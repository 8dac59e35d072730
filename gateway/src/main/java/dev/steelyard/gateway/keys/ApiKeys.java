package dev.steelyard.gateway.keys;

import dev.steelyard.artifacts.Sha256;
import dev.steelyard.gateway.audit.Audit;
import dev.steelyard.gateway.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * API keys "sy_&lt;id&gt;_&lt;secret&gt;". The secret has 256 random bits, so its plain SHA-256 is a safe thing to
 * keep; the secret itself is shown once and never kept or logged.
 */
@Component
public class ApiKeys {
    private static final Pattern FORM = Pattern.compile("sy_([0-9a-z]{12})_([A-Za-z0-9_-]{43})");
    private static final Duration CACHED = Duration.ofSeconds(10);
    private static final int MAX_CACHED = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Known> cache = new ConcurrentHashMap<>();
    private final JdbcClient database;
    private final Audit audit;

    ApiKeys(JdbcClient database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /** Who a key stands for. */
    public record Holder(String id, String name, boolean maySubmit, boolean isAdmin) {}

    /** A key as lists show it. */
    record KeyView(
            String id,
            String name,
            String role,
            Instant createdAt,
            @Nullable Instant revokedAt) {}

    /** A key just made; the only time its secret is shown. */
    record NewKey(String id, String name, String role, String key) {}

    private record Known(Holder holder, byte[] secretHash, long readNanos) {}

    /** Whose key it is; empty when it is malformed, unknown or revoked. */
    public Optional<Holder> authenticate(String key) {
        Matcher form = FORM.matcher(key);
        if (!form.matches()) {
            return Optional.empty();
        }
        return known(form.group(1))
                .filter(k -> MessageDigest.isEqual(k.secretHash(), hash(form.group(2))))
                .map(Known::holder);
    }

    private Optional<Known> known(String id) {
        Known cached = cache.get(id);
        if (cached != null && System.nanoTime() - cached.readNanos() < CACHED.toNanos()) {
            return Optional.of(cached);
        }
        Optional<Known> read = database.sql(
                        "select name, role, secret_hash from api_key where id = ? and revoked_at is null")
                .param(id)
                .query((row, n) -> {
                    Role role = Role.valueOf(row.getString(2).toUpperCase(Locale.ROOT));
                    Holder holder =
                            new Holder(id, row.getString(1), role.compareTo(Role.SUBMITTER) >= 0, role == Role.ADMIN);
                    return new Known(holder, row.getBytes(3), System.nanoTime());
                })
                .optional();
        if (cache.size() > MAX_CACHED) {
            cache.clear();
        }
        read.ifPresentOrElse(k -> cache.put(id, k), () -> cache.remove(id));
        return read;
    }

    @Transactional
    NewKey make(String name, Role role) {
        String id = new java.math.BigInteger(62, random).setBit(61).toString(36).substring(0, 12);
        byte[] bits = new byte[32];
        random.nextBytes(bits);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        database.sql("insert into api_key (id, name, role, secret_hash) values (?, ?, ?, ?)")
                .params(id, name, role.wire(), hash(secret))
                .update();
        audit.record("key.make", id, role.wire() + ": " + name);
        return new NewKey(id, name, role.wire(), "sy_" + id + "_" + secret);
    }

    List<KeyView> list() {
        return database.sql("select id, name, role, created_at, revoked_at from api_key order by created_at")
                .query((row, n) -> new KeyView(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getTimestamp(4).toInstant(),
                        row.getTimestamp(5) == null ? null : row.getTimestamp(5).toInstant()))
                .list();
    }

    /**
     * False when there is no such key, or it is revoked already.
     *
     * @throws ProblemException when it is the last admin key, without which nobody could make another
     */
    @Transactional
    boolean revoke(String id) {
        // All admin keys are locked, so that two who revoke each other's do not both find one left.
        List<@Nullable String> admins = database.sql(
                        "select id from api_key where role = ? and revoked_at is null order by id for update")
                .param(Role.ADMIN.wire())
                .query(String.class)
                .list();
        if (admins.equals(List.of(id))) {
            throw ProblemException.conflict(
                    "last-admin-key", "key '" + id + "' is the last admin key: make another before you revoke it");
        }
        boolean revoked = database.sql("update api_key set revoked_at = now() where id = ? and revoked_at is null")
                        .param(id)
                        .update()
                == 1;
        cache.remove(id);
        if (revoked) {
            audit.record("key.revoke", id, "");
        }
        return revoked;
    }

    boolean isEmpty() {
        return database.sql("select not exists (select from api_key)")
                .query(Boolean.class)
                .single();
    }

    private static byte[] hash(String secret) {
        return Sha256.digest().digest(secret.getBytes(StandardCharsets.US_ASCII));
    }
}
