package dev.steelyard.incremental.lift;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave beside the tuned model: what that has other than its base, and a report. */
record TuningResult(
        LiftParams params,
        JobContext job,
        Targets targets,
        Tuning tuning,
        Curves curves,
        StepTimes times,
        int sequences,
        long steps) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOMENT_BYTES = 8;

    /**
     * Mean loss on held-out sequences.
     *
     * @param input of the job
     */
    record HeldOut(String input, double before, double after) {}

    Outputs write(List<HeldOut> losses) throws IOException, InterruptedException {
        Path tuned = job.output(Lift.MODEL);
        boolean sparse = params.tuning().equals("sparse");
        if (sparse) {
            SparseDelta.write(job.output(Lift.DELTA).resolve(SparseDelta.FILE), job.input(Lift.MODEL), tuned);
        }
        List<WeightChange> changes = changes(tuned);
        report(losses, changes);
        Outputs outputs =
                sparse ? Outputs.of(Lift.MODEL, Lift.DELTA, Lift.REPORT) : Outputs.of(Lift.MODEL, Lift.REPORT);
        for (HeldOut loss : losses) {
            outputs = outputs.with(loss.input() + " loss before", loss.before())
                    .with(loss.input() + " loss after", loss.after());
        }
        for (Map.Entry<String, Long> bytes : tuning.stateBytes().entrySet()) {
            outputs = outputs.with("bytes of " + bytes.getKey(), bytes.getValue());
        }
        return outputs.with("bytes of dense moments of the targets", denseMoments())
                .with(
                        "changed entries",
                        changes.stream().mapToLong(WeightChange::changed).sum())
                .with("entries that stay chosen", stay())
                .with("optimizer's share of a step", times.share())
                .with("milliseconds of a step", times.milliseconds());
    }

    private long denseMoments() {
        return MOMENT_BYTES * targets.entries();
    }

    /** Mean over all times that entries were chosen anew; 1 when they never were. */
    private double stay() {
        return curves.of(SparseTuning.STAY).stream()
                .mapToDouble(LineChart.Point::value)
                .average()
                .orElse(1);
    }

    private List<WeightChange> changes(Path tuned) throws IOException, InterruptedException {
        List<WeightChange> changes = new ArrayList<>();
        try (Checkpoint base = Checkpoint.open(job.input(Lift.MODEL));
                Checkpoint after = Checkpoint.open(tuned)) {
            for (TensorInfo target : targets.all()) {
                job.checkCancelled();
                changes.add(WeightChange.of(base, after, target.name()));
            }
        }
        return changes;
    }

    private void report(List<HeldOut> losses, List<WeightChange> changes) throws IOException {
        ObjectNode report = JSON.createObjectNode();
        report.put("method", Lift.SPEC.name());
        report.put("version", Lift.SPEC.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        report.put("sequences", sequences);
        report.put("steps", steps);
        ObjectNode measured = report.putObject("losses");
        for (HeldOut loss : losses) {
            measured.putObject(loss.input()).put("before", loss.before()).put("after", loss.after());
        }
        ObjectNode bytes = report.putObject("stateBytes");
        tuning.stateBytes().forEach(bytes::put);
        report.put("denseMomentBytesOfTargets", denseMoments());
        var stay = report.putArray("entriesThatStayChosen");
        curves.of(SparseTuning.STAY)
                .forEach(point ->
                        stay.addObject().put("step", (long) point.step()).put("share", point.value()));
        var weights = report.putArray("weights");
        for (WeightChange change : changes) {
            ObjectNode weight = weights.addObject();
            weight.put("name", change.name());
            weight.put("entries", change.rows() * change.columns());
            weight.put("chosen", tuning.chosen(change.rows(), change.columns()));
            weight.put("changed", change.changed());
            weight.put("relativeChange", change.relative());
            weight.put("rank99", change.rank());
            if (change.rank() > 0) {
                weight.put("topSingularShare", change.topShare());
            }
        }
        Path folder = job.output(Lift.REPORT);
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown(report));
        LineChart chart = new LineChart("Loss, nats a token");
        curves.names().stream()
                .filter(name -> name.endsWith("loss"))
                .forEach(name -> chart.with(name, curves.of(name)));
        Files.writeString(folder.resolve("loss.svg"), chart.svg());
    }

    private static String markdown(ObjectNode report) {
        StringBuilder text =
                new StringBuilder("# Fine-tuning\n\n| held out | loss before | loss after |\n|---|---|---|\n");
        for (Map.Entry<String, JsonNode> loss : report.path("losses").properties()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.4f | %.4f |\n",
                    loss.getKey(),
                    loss.getValue().path("before").doubleValue(),
                    loss.getValue().path("after").doubleValue()));
        }
        text.append("\n| weight | trained | changed | ‖ΔW‖/‖W‖ | rank of ΔW (99 %) | top singular share |\n")
                .append("|---|---|---|---|---|---|\n");
        for (JsonNode weight : report.path("weights")) {
            double entries = weight.path("entries").doubleValue();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f %% | %.2f %% | %.4f | %d | %.3f |\n",
                    weight.path("name").stringValue(),
                    100 * weight.path("chosen").doubleValue() / entries,
                    100 * weight.path("changed").doubleValue() / entries,
                    weight.path("relativeChange").doubleValue(),
                    weight.path("rank99").intValue(),
                    weight.path("topSingularShare").asDouble(Double.NaN)));
        }
        return text.append("\n![loss](loss.svg)\n").toString();
    }
}
