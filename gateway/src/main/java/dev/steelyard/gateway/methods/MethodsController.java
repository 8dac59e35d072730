package dev.steelyard.gateway.methods;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.steelyard.gateway.problems.ProblemException;
import dev.steelyard.proto.v1.MethodAnnouncement;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private final RunningServices services;
    private final JsonMapper json;

    MethodsController(MethodRegistry registry, RunningServices services, JsonMapper json) {
        this.registry = registry;
        this.services = services;
        this.json = json;
    }

    /** A page of methods. */
    record Methods(List<MethodView> items) {}

    /**
     * A method as REST shows it.
     *
     * @param running whether a worker of its service runs now; absent when the broker does not tell
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

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Boolean running,

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
        return new Methods(views(List.copyOf(registry.all())));
    }

    @GetMapping("/{service}/{name}")
    @Operation(operationId = "getMethod", summary = "One method with the JSON Schema of its parameters")
    MethodView get(@PathVariable String service, @PathVariable String name) {
        return registry.all().stream()
                .filter(m -> m.id().equals(service + "/" + name))
                .findFirst()
                .map(method -> views(List.of(method)).getFirst())
                .orElseThrow(() -> ProblemException.notFound("no method '" + service + "/" + name + "'"));
    }

    private List<MethodView> views(List<MethodDescription> methods) {
        Map<String, Boolean> running = services.among(
                methods.stream().map(m -> m.announcement().getService()).collect(Collectors.toSet()));
        return methods.stream()
                .map(m -> view(m, running.get(m.announcement().getService())))
                .toList();
    }

    private MethodView view(MethodDescription method, @Nullable Boolean running) {
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
                running,
                said.hasAnnouncedAt()
                        ? Instant.ofEpochSecond(said.getAnnouncedAt().getSeconds())
                        : null);
    }
}
