package dev.steelyard.gateway.keys;

import dev.steelyard.gateway.keys.ApiKeys.KeyView;
import dev.steelyard.gateway.keys.ApiKeys.NewKey;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/keys")
@Tag(name = "keys", description = "API keys; for admins")
class KeysController {
    private final ApiKeys keys;

    KeysController(ApiKeys keys) {
        this.keys = keys;
    }

    record KeyRequest(@Nullable String name, @Nullable String role) {}

    record Keys(List<KeyView> items) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "createKey", summary = "Makes a key; its secret is shown in this answer only")
    NewKey create(@RequestBody KeyRequest request) {
        String name = request.name();
        if (name == null || name.isBlank() || name.length() > 100) {
            throw ProblemException.field("/name", "must have 1 to 100 characters");
        }
        return keys.make(name, role(request.role()));
    }

    @GetMapping
    @Operation(operationId = "listKeys", summary = "All keys, without secrets")
    Keys list() {
        return new Keys(keys.list());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "revokeKey",
            summary = "Revokes a key, but not the last of an admin; other gateways notice within ten seconds")
    void revoke(@PathVariable String id) {
        if (!keys.revoke(id)) {
            throw ProblemException.notFound("no key '" + id + "' that could be revoked");
        }
    }

    private static Role role(@Nullable String wire) {
        for (Role role : Role.values()) {
            if (role.wire().equals(wire == null ? "" : wire.toLowerCase(Locale.ROOT))) {
                return role;
            }
        }
        throw ProblemException.field("/role", "must be reader, submitter or admin");
    }
}
