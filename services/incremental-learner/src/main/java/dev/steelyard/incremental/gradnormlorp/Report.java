package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.GradNormLoRP;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave: the model, the optimizer's state, figures. */
record Report(
        GradNormLoRPParams params,
        JobContext job,
        Targets targets,
        Tuning tuning,
        RowNorms norms,
        Curves curves,
        Task<?> task) {
    private static final JsonMapper JSON = new JsonMapper();

    Outputs write() throws IOException {
        try (var _ = TensorScope.open()) {
            task.write(job.output(GradNormLoRPTraining.MODEL), tuning.weights(task.store()));
            TensorFile.write(
                    job.output(GradNormLoRPTraining.OPTIMIZER).resolve(Training.STATE_FILE),
                    tuning.optimizer().state(),
                    Map.of());
        }
        ObjectNode report = report();
        Path folder = job.output(GradNormLoRPTraining.REPORT);
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown(report));
        Files.writeString(folder.resolve("loss.svg"), chart("Loss, nats", Watch.LOSS, Watch.VALIDATION + Watch.LOSS));
        Files.writeString(
                folder.resolve("subspaces.svg"),
                chart("Shares of gradient and subspace", Watch.CAPTURED, Watch.OVERLAP));
        return outputs();
    }

    private Outputs outputs() {
        Ledger ledger = tuning.ledger();
        Outputs outputs = Outputs.of(
                        GradNormLoRPTraining.MODEL, GradNormLoRPTraining.OPTIMIZER, GradNormLoRPTraining.REPORT)
                .with("bytes of state, targets", ledger.targets())
                .with("bytes of state, rest", ledger.rest())
                .with("state of targets over AdamW's", ledger.ofAdamTargets())
                .with("state over AdamW's", ledger.ofAdam());
        for (String curve : curves.names()) {
            if (!curve.equals(Watch.LOSS)) {
                outputs = outputs.with(curve, curves.of(curve).getLast().value());
            }
        }
        return outputs;
    }

    private ObjectNode report() {
        ObjectNode report = JSON.createObjectNode();
        report.put("method", GradNormLoRPTraining.SPEC.name());
        report.put("version", GradNormLoRPTraining.SPEC.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        task.counts().forEach(report::put);
        tuning.ledger().write(report.putObject("stateBytes"));
        ArrayNode weights = report.putArray("targets");
        Map<String, Double> captured =
                tuning.projecting().map(GradNormLoRP::captured).orElseGet(LinkedHashMap::new);
        Map<String, Double> overlaps =
                tuning.projecting().map(GradNormLoRP::overlaps).orElseGet(LinkedHashMap::new);
        norms.drift().forEach((name, drift) -> {
            ObjectNode weight = weights.addObject().put("name", name);
            put(weight, Watch.CAPTURED, captured.getOrDefault(name, Double.NaN));
            put(weight, Watch.OVERLAP, overlaps.getOrDefault(name, Double.NaN));
            put(weight, Watch.DRIFT, drift);
        });
        ArrayNode skipped = report.putArray("skipped");
        targets.skipped(task.store()).forEach(skipped::add);
        curves.write(report.putObject("curves"), curves.names());
        return report;
    }

    private static void put(ObjectNode into, String field, double value) {
        if (Double.isFinite(value)) {
            into.put(field, value);
        }
    }

    private String markdown(ObjectNode report) {
        StringBuilder text = new StringBuilder("# Training with projected gradients\n\n");
        for (String curve : curves.names()) {
            if (curve.startsWith(Watch.VALIDATION) || curve.startsWith(Watch.TEST)) {
                text.append(String.format(
                        Locale.ROOT,
                        "%s: %.4f\n",
                        curve,
                        curves.of(curve).getLast().value()));
            }
        }
        text.append("\n| bytes of optimizer state | |\n|---|---|\n");
        for (Map.Entry<String, JsonNode> entry : report.path("stateBytes").properties()) {
            boolean share = entry.getValue().isDouble();
            text.append(
                    share
                            ? String.format(
                                    Locale.ROOT,
                                    "| %s | %.2f %% |\n",
                                    entry.getKey(),
                                    100 * entry.getValue().doubleValue())
                            : String.format(
                                    Locale.ROOT,
                                    "| %s | %,d |\n",
                                    entry.getKey(),
                                    entry.getValue().longValue()));
        }
        text.append("\n| target | gradient held | subspace that stayed | row norms gone |\n|---|---|---|---|\n");
        for (JsonNode weight : report.path("targets")) {
            text.append("| ").append(weight.path("name").stringValue());
            for (String field : List.of(Watch.CAPTURED, Watch.OVERLAP, Watch.DRIFT)) {
                text.append(
                        weight.has(field)
                                ? String.format(
                                        Locale.ROOT,
                                        " | %.4f",
                                        weight.path(field).doubleValue())
                                : " | ");
            }
            text.append(" |\n");
        }
        return text.append("\n![loss](loss.svg)\n![subspaces](subspaces.svg)\n").toString();
    }

    private String chart(String title, String... names) {
        LineChart chart = new LineChart(title);
        for (String name : names) {
            chart.with(name, curves.of(name));
        }
        return chart.svg();
    }
}
