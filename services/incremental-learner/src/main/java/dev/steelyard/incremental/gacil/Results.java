package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a state, its head and a report. */
record Results(GAcilParams params, JobContext job) {
    static final JsonMapper JSON = new JsonMapper();

    /** How far a job is when it has learned everything, and is left to solve for its head. */
    static final double LEARNED = 0.9;

    private static final double ILL_CONDITIONED = 1e12;

    /**
     * The head of a state.
     *
     * @throws dev.steelyard.tensor.linalg.NotPositiveDefiniteException when its γ is too small for the sums
     */
    Head head(Saved saved) throws InterruptedException {
        job.checkCancelled();
        job.progress(
                LEARNED,
                "solving for the head, M = %d".formatted(saved.state().buffer().expansion()));
        Head head = saved.state().head(saved.gamma());
        if (head.condition() > ILL_CONDITIONED) {
            job.log("warning: the sums are ill-conditioned (at least %.1e); a larger gamma gives a steadier head"
                    .formatted(head.condition()));
        }
        return head;
    }

    Outputs write(Saved saved, ObjectNode report) throws IOException, InterruptedException {
        AnalyticState state = saved.state();
        job.checkCancelled();
        job.progress(LEARNED, "writing the state");
        StateFile.write(job.output("state"), saved);
        try (Head head = head(saved)) {
            writeHead(state, head, saved.numbers());
            report.put("method", GAcil.SPEC.name());
            report.put("version", GAcil.SPEC.version());
            report.set("params", JSON.<JsonNode>valueToTree(params));
            report.put("features", saved.origin());
            report.put("gamma", saved.gamma());
            report.put("conditionAtLeast", head.condition());
            classes(report.putArray("classes"), state);
            Files.writeString(
                    job.output("report").resolve("report.json"),
                    JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
            return Outputs.of("state", "head", "report")
                    .with("classes", state.classes().size())
                    .with("conditionAtLeast", head.condition());
        }
    }

    private static void classes(ArrayNode into, AnalyticState state) {
        long[] counts = state.counts();
        for (int i = 0; i < counts.length; i++) {
            into.addObject().put("class", state.classes().get(i)).put("samples", counts[i]);
        }
    }

    private void writeHead(AnalyticState state, Head head, boolean numbers) throws IOException {
        Path folder = job.output("head");
        RandomBuffer buffer = state.buffer();
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put(
                    "0.weight",
                    Tensors.of(buffer.entries(), buffer.features(), buffer.expansion())
                            .t()
                            .contiguous());
            tensors.put("2.weight", head.weight().to(ScalarType.Float));
            TensorFile.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        }
        ObjectNode config = JSON.createObjectNode();
        config.put("model_type", "g-acil-head");
        config.put("features", buffer.features());
        config.put("expansion", buffer.expansion());
        config.put("labels_are_numbers", numbers);
        ObjectNode names = config.putObject("id2label");
        List<String> classes = head.classes();
        for (int i = 0; i < classes.size(); i++) {
            names.put(String.valueOf(i), classes.get(i));
        }
        Files.writeString(
                folder.resolve("config.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
    }
}
