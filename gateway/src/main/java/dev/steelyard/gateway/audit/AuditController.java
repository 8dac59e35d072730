package dev.steelyard.gateway.audit;

import dev.steelyard.gateway.paging.Cursor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/audit")
@Tag(name = "audit", description = "Who changed what; for admins")
class AuditController {
    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
    }

    /** A page of entries; {@code next} is the {@code before} of the page after it. */
    record Page(List<AuditEntry> items, @Nullable Long next) {}

    @GetMapping
    @Operation(operationId = "listAudit", summary = "Changes, newest first")
    Page list(
            @RequestParam(required = false) @Nullable String actor,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable String subject,
            @RequestParam(defaultValue = "9223372036854775807") long before,
            @RequestParam(defaultValue = "50") int limit) {
        List<AuditEntry> items = audit.list(actor, action, subject, before, Cursor.limit(limit));
        return new Page(items, items.size() < limit ? null : items.getLast().id());
    }
}
