package dev.steelyard.gateway.audit;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/**
 * One change.
 *
 * @param actor id of the API key, or "system"
 * @param action such as "model.register"
 * @param subject what was changed: an artifact, a job, a model, a key
 */
@Schema(name = "AuditEntry")
record AuditEntry(long id, Instant at, String actor, String action, String subject, String detail) {}
