package dev.steelyard.incremental.bcnws;

import dev.steelyard.incremental.bcnws.LayerLooks.Look;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.incremental.training.LineChart.Point;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what a run gave.
 *
 * @param before accuracy of the model that was converted
 */
record BcnWsResult(BcnWsParams params, Network network, Training training, ImageSplit split, OptionalDouble before) {
    private static final JsonMapper JSON = new JsonMapper();

    Outputs write(JobContext job) throws IOException {
        try (var _ = TensorScope.open()) {
            Path model = job.output("model");
            network.write(model);
            training.writeOptimizer(model);
            Folding folding = new Folding(network);
            Network.write(job.output("folded"), folding.json(), folding.tensors());
        }
        Look last = looks().getLast();
        writeReport(job.output("report"));
        Outputs outputs = Outputs.of("model", "folded", "report")
                .with("accuracy", last.accuracy())
                .with("deadShare", training.layers().deadShare(last));
        return before.isPresent()
                ? outputs.with("accuracyBefore", before.getAsDouble())
                        .with("accuracyConverted", looks().getFirst().accuracy())
                : outputs;
    }

    private List<Look> looks() {
        return training.layers().looks();
    }

    private void writeReport(Path folder) throws IOException {
        ObjectNode report = JSON.createObjectNode();
        report.put("method", BcnWs.SPEC.name());
        report.put("version", BcnWs.SPEC.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        report.set("network", network.config().json());
        report.put("trainImages", split.train().size());
        report.put("testImages", split.test().size());
        report.put("learningRateOfSteps", params.scaledRate());
        before.ifPresent(accuracy -> report.put("accuracyBefore", accuracy));
        report.put("accuracy", looks().getLast().accuracy());
        report.put("deadShare", training.layers().deadShare(looks().getLast()));
        passes(report.putArray("passes"));
        gradients(report.putArray("gradients"));
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown());
        charts(folder);
    }

    private void passes(ArrayNode into) {
        for (Look look : looks()) {
            ObjectNode pass = into.addObject();
            pass.put("pass", look.pass());
            pass.put("accuracy", look.accuracy());
            pass.put("deadShare", training.layers().deadShare(look));
            ArrayNode scales = pass.putArray("scales");
            for (int i = 0; i < look.scales().size(); i++) {
                scales.addObject()
                        .put("name", training.layers().scales().get(i))
                        .put("least", look.scales().get(i).least())
                        .put("mean", look.scales().get(i).mean());
            }
            ArrayNode layers = pass.putArray("layers");
            for (int i = 0; i < look.deadShares().size(); i++) {
                layers.addObject()
                        .put("name", training.layers().layers().get(i))
                        .put("deadShare", look.deadShares().get(i));
            }
        }
    }

    private void gradients(ArrayNode into) {
        for (GradientLooks.Look look : training.gradients().looks()) {
            into.addObject()
                    .put("step", look.step())
                    .put("loss", look.loss())
                    .put("norm", look.norm())
                    .put("change", look.change())
                    .put("smoothness", look.smoothness());
        }
    }

    private String markdown() {
        Look last = looks().getLast();
        StringBuilder text = new StringBuilder("# Training with small batches\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%d images to train on, %d for the test, %d a step. Accuracy %.4f, %.2f %% of channels dead.\n",
                split.train().size(),
                split.test().size(),
                params.stepImages(),
                last.accuracy(),
                100 * training.layers().deadShare(last)));
        before.ifPresent(accuracy -> text.append(String.format(
                Locale.ROOT,
                "\nThe converted model had %.4f with batch normalization, and %.4f before it was trained on.\n",
                accuracy,
                looks().getFirst().accuracy())));
        text.append("\n| scale | least \\|γ\\| | mean \\|γ\\| |\n|---|---|---|\n");
        for (int i = 0; i < last.scales().size(); i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.4f | %.4f |\n",
                    training.layers().scales().get(i),
                    last.scales().get(i).least(),
                    last.scales().get(i).mean()));
        }
        text.append("\n| layer | channels that no training image gets through |\n|---|---|\n");
        for (int i = 0; i < last.deadShares().size(); i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f %% |\n",
                    training.layers().layers().get(i),
                    100 * last.deadShares().get(i)));
        }
        text.append("\n![accuracy](accuracy.svg)\n");
        if (!training.gradients().looks().isEmpty()) {
            text.append("![loss](loss.svg)\n![smoothness](smoothness.svg)\n");
        }
        return text.toString();
    }

    private void charts(Path folder) throws IOException {
        LineChart accuracy = new LineChart("After each pass")
                .with("accuracy", passes(Look::accuracy))
                .with("share of dead channels", passes(training.layers()::deadShare));
        Files.writeString(folder.resolve("accuracy.svg"), accuracy.svg());
        if (training.gradients().looks().isEmpty()) {
            return;
        }
        Files.writeString(
                folder.resolve("loss.svg"),
                new LineChart("Loss")
                        .with("loss", steps(GradientLooks.Look::loss))
                        .svg());
        LineChart smoothness = new LineChart("Change of the gradient from step to step")
                .with("‖g' − g‖ / ‖w' − w‖", steps(GradientLooks.Look::smoothness));
        Files.writeString(folder.resolve("smoothness.svg"), smoothness.svg());
    }

    private List<Point> passes(ToDoubleFunction<Look> value) {
        return looks().stream()
                .map(look -> new Point(look.pass(), value.applyAsDouble(look)))
                .toList();
    }

    private List<Point> steps(ToDoubleFunction<GradientLooks.Look> value) {
        return training.gradients().looks().stream()
                .map(look -> new Point(look.step(), value.applyAsDouble(look)))
                .toList();
    }
}
