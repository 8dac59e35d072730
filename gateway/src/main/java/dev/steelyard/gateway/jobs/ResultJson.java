package dev.steelyard.gateway.jobs;

import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a job's end is kept in its row, and shown. */
@Component
class ResultJson {
    private final JsonMapper json;

    ResultJson(JsonMapper json) {
        this.json = json;
    }

    /** Code, detail and those of field, file and tensor that say something. */
    String problem(Problem problem) {
        ObjectNode node = json.createObjectNode().put("code", problem.getCode()).put("detail", problem.getDetail());
        putUnlessEmpty(node, "field", problem.getField());
        putUnlessEmpty(node, "file", problem.getFile());
        putUnlessEmpty(node, "tensor", problem.getTensor());
        return node.toString();
    }

    String problem(String code, String detail) {
        return problem(Problem.newBuilder().setCode(code).setDetail(detail).build());
    }

    String outputs(JobEvent.Succeeded success) {
        ObjectNode node = json.createObjectNode();
        success.getOutputsMap()
                .forEach((name, output) -> node.putObject(name)
                        .put("artifact", output.getArtifact())
                        .put("kind", output.getKind())
                        .put("size", output.getSize())
                        .put("files", output.getFiles()));
        return node.toString();
    }

    private static void putUnlessEmpty(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }
}
