package dev.steelyard.incremental.adamp;

import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.incremental.training.WeightGeometry.Look;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave: the first contender's weights, and figures of all. */
record TrainingResult(MethodSpec<AdamPParams> spec, AdamPParams params, ImageSplit split, List<Contender> contenders) {
    private static final JsonMapper JSON = new JsonMapper();

    Outputs write(JobContext job) throws IOException, InterruptedException {
        writeModel(job.output("model"));
        ObjectNode report = JSON.createObjectNode();
        report.put("method", spec.name());
        report.put("version", spec.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        report.put("trainImages", split.train().size());
        report.put("testImages", split.test().size());
        ArrayNode runs = report.putArray("runs");
        Outputs outputs = Outputs.of("model", "report");
        for (Contender contender : contenders) {
            ObjectNode run = describe(contender, job);
            runs.add(run);
            outputs = outputs.with(
                    contender.name() + " accuracy", run.path("accuracy").doubleValue());
        }
        Path folder = job.output("report");
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown(runs));
        Files.writeString(folder.resolve("norms.svg"), chart("Squared norm of weights", Look::squaredNorm));
        Files.writeString(folder.resolve("angles.svg"), chart("Angle of a step, radians", Look::angle));
        return outputs;
    }

    private void writeModel(Path folder) throws IOException {
        Contender first = contenders.getFirst();
        first.config().write(folder);
        try (var _ = TensorScope.open()) {
            TensorFile.write(folder.resolve("model.safetensors"), first.store().exported(), Map.of("format", "pt"));
            if (!params.reparamOrNone().isNone()) {
                TensorFile.write(
                        folder.resolve("training.safetensors"), first.store().save(), Map.of("format", "pt"));
            }
            TensorFile.write(
                    folder.resolve("optimizer.safetensors"), first.optimizer().state(), Map.of("format", "pt"));
        }
    }

    private ObjectNode describe(Contender contender, JobContext job) throws InterruptedException {
        ObjectNode run = JSON.createObjectNode();
        double accuracy = contender.classifier().accuracy(split.test(), job::checkCancelled);
        run.put("optimizer", contender.name());
        run.put("accuracy", accuracy);
        run.put("optimizerStateBytes", contender.optimizer().stateBytes());
        ArrayNode tensors = run.putArray("tensors");
        var geometry = contender.geometry();
        for (int i = 0; i < geometry.names().size(); i++) {
            String name = geometry.names().get(i);
            List<Look> looks = geometry.looks(i);
            ObjectNode tensor = tensors.addObject();
            tensor.put("name", name);
            tensor.put(
                    "squaredNormRatio",
                    looks.getLast().squaredNorm() / looks.getFirst().squaredNorm());
            tensor.put("secondQuarterAngle", mean(looks, 0.25, 0.5));
            tensor.put("projectedShare", geometry.projectedShare(i));
        }
        return run;
    }

    /** Mean angle of the looks in a part of the run. */
    private static double mean(List<Look> looks, double from, double to) {
        int first = (int) (from * looks.size());
        int last = Math.max(first + 1, (int) (to * looks.size()));
        return looks.subList(first, Math.min(last, looks.size())).stream()
                .mapToDouble(Look::angle)
                .average()
                .orElse(0);
    }

    private String markdown(ArrayNode runs) {
        StringBuilder text = new StringBuilder("# Training with and without growing norms\n\n");
        text.append("%d images to train on, %d for the test.\n"
                .formatted(split.train().size(), split.test().size()));
        for (JsonNode run : runs) {
            text.append(String.format(
                    Locale.ROOT,
                    "\n## %s: accuracy %.4f\n\n| weight | ‖w‖² end / start | angle of a step, second quarter | "
                            + "projected steps |\n|---|---|---|---|\n",
                    run.path("optimizer").stringValue(),
                    run.path("accuracy").doubleValue()));
            for (JsonNode tensor : run.path("tensors")) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.3f | %.5f | %.1f %% |\n",
                        tensor.path("name").stringValue(),
                        tensor.path("squaredNormRatio").doubleValue(),
                        tensor.path("secondQuarterAngle").doubleValue(),
                        100 * tensor.path("projectedShare").doubleValue()));
            }
        }
        return text.append("\n![norms](norms.svg)\n![angles](angles.svg)\n").toString();
    }

    private String chart(String title, ToDoubleFunction<Look> value) {
        LineChart chart = new LineChart(title);
        for (Contender contender : contenders) {
            var geometry = contender.geometry();
            for (int i = 0; i < geometry.names().size(); i++) {
                chart.with(
                        contender.name() + " " + geometry.names().get(i),
                        geometry.looks(i).stream()
                                .map(look -> new LineChart.Point(look.step(), value.applyAsDouble(look)))
                                .toList());
            }
        }
        return chart.svg();
    }
}
