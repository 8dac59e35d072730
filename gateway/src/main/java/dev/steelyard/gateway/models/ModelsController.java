package dev.steelyard.gateway.models;

import dev.steelyard.gateway.artifacts.ArtifactReferences;
import dev.steelyard.gateway.problems.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/v1/models")
@Tag(name = "models", description = "Names, versions and aliases of artifacts")
class ModelsController {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_DESCRIPTION = 10_000;

    private final ModelRegistry registry;
    private final ArtifactReferences references;

    ModelsController(ModelRegistry registry, ArtifactReferences references) {
        this.registry = registry;
        this.references = references;
    }

    /**
     * What to register.
     *
     * @param expectedVersion newest version the caller knows, 0 for none; refused when another came in between
     */
    record Registration(
            @Nullable String name,
            @Nullable String artifact,
            @Nullable String description,
            @Nullable Integer expectedVersion) {}

    record Target(@Nullable Integer version) {}

    record Models(List<ModelView> items) {}

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "registerModel", summary = "Makes the next version of a model, or the first of a new one")
    VersionView register(@RequestBody Registration request) {
        String name = request.name() == null ? "" : request.name();
        if (!NAME.matcher(name).matches()) {
            throw ProblemException.field("/name", "'" + name + "': expected " + NAME);
        }
        String description = request.description() == null ? "" : request.description();
        if (description.length() > MAX_DESCRIPTION) {
            throw ProblemException.field("/description", "must have at most " + MAX_DESCRIPTION + " characters");
        }
        String artifact = references
                .resolve(request.artifact() == null ? "" : request.artifact(), "/artifact")
                .id()
                .toString();
        return registry.register(name, artifact, description, request.expectedVersion());
    }

    @GetMapping
    @Operation(operationId = "listModels", summary = "All models with their versions and aliases")
    Models list() {
        return new Models(registry.all());
    }

    @GetMapping("/{name}")
    @Operation(operationId = "getModel", summary = "One model")
    ModelView get(@PathVariable String name) {
        return registry.find(name).orElseThrow(() -> ProblemException.notFound("no model '" + name + "'"));
    }

    @PutMapping("/{name}/aliases/{alias}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "setAlias", summary = "Points an alias such as 'production' at a version")
    void alias(@PathVariable String name, @PathVariable String alias, @RequestBody Target target) {
        if (!ALIAS.matcher(alias).matches()) {
            throw ProblemException.field("/alias", "'" + alias + "': expected " + ALIAS);
        }
        Integer version = target.version();
        if (version == null || !registry.alias(name, alias, version)) {
            throw ProblemException.field("/version", "model '" + name + "' has no version " + version);
        }
    }

    @DeleteMapping("/{name}/aliases/{alias}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "removeAlias", summary = "Removes an alias")
    void removeAlias(@PathVariable String name, @PathVariable String alias) {
        if (!registry.removeAlias(name, alias)) {
            throw ProblemException.notFound("model '" + name + "' has no alias '" + alias + "'");
        }
    }
}
