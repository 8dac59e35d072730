package dev.steelyard.gateway.methods;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.MethodAnnouncement;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@RequestMapping("/v1/methods")
@Tag(name = "methods", description = "What the services can do")
class MethodsController {
    private final MethodRegistry registry;
    private final JsonMapper json;

    MethodsController(MethodRegistry registry, JsonMapper json) {
        this.registry = registry;
        this.json = json;
    }

    /** A page of methods. */
    record Methods(List<MethodView> items) {}

    /**
     * A method as REST shows it.
     *
     * @param announcedAt when a worker that has it last started; it need not run any more
     */
    record MethodView(
            String id,
            String service,
            String name,
            String version,
            String summary,
            String description,
            Paper paper,
            @JsonProperty("short") boolean isShort,
            List<PortView> inputs,
            List<PortView> outputs,

            @Schema(implementation = Map.class) JsonNode paramsSchema,

            List<Example> examples,
            @Nullable Instant announcedAt) {}

    record Paper(String title, String reference) {}

    record PortView(String name, String kind, boolean required, String description) {
        static PortView of(MethodAnnouncement.Port port) {
            return new PortView(port.getName(), port.getKind(), port.getRequired(), port.getDescription());
        }
    }

    record Example(
            String title,

            @Schema(implementation = Map.class) JsonNode params) {}

    @GetMapping
    @Operation(operationId = "listMethods", summary = "All methods that workers have announced")
    Methods list() {
        return new Methods(registry.all().stream().map(this::view).toList());
    }

    @GetMapping("/{service}/{name}")
    @Operation(operationId = "getMethod", summary = "One method with the JSON Schema of its parameters")
    MethodView get(@PathVariable String service, @PathVariable String name) {
        return registry.all().stream()
                .filter(m -> m.id().equals(service + "/" + name))
                .findFirst()
                .map(this::view)
                .orElseThrow(() -> ProblemException.notFound("no method '" + service + "/" + name + "'"));
    }

    private MethodView view(MethodDescription method) {
        MethodAnnouncement said = method.announcement();
        return new MethodView(
                method.id(),
                said.getService(),
                said.getName(),
                said.getVersion(),
                said.getSummary(),
                said.getDescription(),
                new Paper(said.getPaper().getTitle(), said.getPaper().getReference()),
                said.getShort(),
                said.getInputsList().stream().map(PortView::of).toList(),
                said.getOutputsList().stream().map(PortView::of).toList(),
                method.paramsSchema(),
                said.getExamplesList().stream()
                        .map(e -> new Example(e.getTitle(), json.readTree(e.getParamsJson())))
                        .toList(),
                said.hasAnnouncedAt()
                        ? Instant.ofEpochSecond(said.getAnnouncedAt().getSeconds())
                        : null);
    }
}
