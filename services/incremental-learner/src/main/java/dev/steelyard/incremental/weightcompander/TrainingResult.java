package dev.steelyard.incremental.weightcompander;

import dev.steelyard.incremental.images.ImageBlocks;
import dev.steelyard.incremental.images.ImageClassifier;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.images.Parts;
import dev.steelyard.incremental.weightcompander.ShapeLog.Look;
import dev.steelyard.incremental.weightcompander.ShapeLog.Start;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave: the first contender's weights, and figures of all. */
record TrainingResult(
        MethodSpec<WeightCompanderParams> spec,
        Contender.Setting setting,
        ImageSplit split,
        List<Contender> contenders) {
    private static final int COMPARED = 500;
    private static final JsonMapper JSON = new JsonMapper();

    Outputs write() throws IOException, InterruptedException {
        writeModel();
        ObjectNode report = JSON.createObjectNode();
        report.put("method", spec.name());
        report.put("version", spec.version());
        report.set("params", JSON.<JsonNode>valueToTree(setting.params()));
        report.put("trainImages", split.train().size());
        report.put("testImages", split.test().size());
        report.put("histogramEdge", Histogram.EDGE);
        ArrayNode runs = report.putArray("runs");
        Outputs outputs = Outputs.of("model", "state", "report");
        for (Contender contender : contenders) {
            ObjectNode run = describe(contender);
            runs.add(run);
            outputs = outputs.with(
                            contender.name() + " accuracy", run.path("accuracy").doubleValue())
                    .with(
                            contender.name() + " export difference",
                            run.path("exportDifference").doubleValue());
        }
        ShapeReport.write(setting.job().output("report"), report, contenders);
        return outputs;
    }

    private void writeModel() throws IOException {
        Contender first = contenders.getFirst();
        Path model = setting.job().output("model");
        Path state = setting.job().output("state");
        setting.config().write(model);
        setting.config().write(state);
        Map<String, String> format = Map.of("format", "pt");
        try (var _ = TensorScope.open()) {
            TensorFile.write(model.resolve("model.safetensors"), first.exported(), format);
            TensorFile.write(
                    state.resolve("training.safetensors"), first.store().save(), format);
            TensorFile.write(
                    state.resolve("optimizer.safetensors"), first.optimizer().state(), format);
        }
    }

    private ObjectNode describe(Contender contender) throws InterruptedException {
        ObjectNode run = JSON.createObjectNode();
        run.put("name", contender.name());
        contender.startAccuracy().ifPresent(accuracy -> run.put("startAccuracy", accuracy));
        evaluate(contender, run);
        ArrayNode weights = run.putArray("weights");
        List<Start> starts = contender.shapes().starts();
        for (int i = 0; i < starts.size(); i++) {
            Start start = starts.get(i);
            List<Look> looks = contender.shapes().looks(i);
            ObjectNode weight = weights.addObject();
            weight.put("name", start.name());
            weight.put("initialDeviation", start.deviation());
            describe(weight.putObject("before"), looks.getFirst().shape());
            describe(weight.putObject("after"), looks.getLast().shape());
            double reach = looks.stream()
                    .mapToDouble(look -> look.shape().reach())
                    .max()
                    .orElse(0);
            if (!Double.isNaN(reach)) {
                weight.put("largestReach", reach);
            }
            ObjectNode histograms = weight.putObject("histograms");
            histograms.putPOJO("wBefore", start.w().counts());
            histograms.putPOJO("wAfter", start.histogramOfW().counts());
            if (!Double.isNaN(reach)) {
                histograms.putPOJO("vBefore", start.v().counts());
                histograms.putPOJO("vAfter", start.histogramOfV().counts());
            }
        }
        return run;
    }

    private static void describe(ObjectNode into, WeightShape shape) {
        into.put("deviation", shape.deviation());
        into.put("nearZero", shape.nearZero());
        into.put("nearInitialZero", shape.nearInitialZero());
        into.put("kurtosis", shape.kurtosis());
        into.put("norm", shape.norm());
        into.put("largest", shape.largest());
        if (!Double.isNaN(shape.trained().a())) {
            into.put("reach", shape.reach());
            into.put("a", shape.trained().a());
            into.put("b", shape.trained().b());
            into.put("saturated", shape.trained().saturated());
            into.put("normOfV", shape.trained().norm());
        }
    }

    /** Accuracy of the exported model, made anew without compander, and how far it is from the one that was trained. */
    private void evaluate(Contender contender, ObjectNode run) throws InterruptedException {
        try (var plain = new ParameterStore();
                var random = new RandomTensors(setting.engine(), 0)) {
            ImageClassifier exported = setting.config()
                    .build(Parts.of(plain, random, setting.config().norm()));
            try (var _ = TensorScope.open()) {
                plain.restore(contender.store().exported());
            }
            run.put("exportDifference", difference(contender.classifier(), exported));
            try (var _ = TensorScope.open()) {
                plain.restore(contender.exported());
            }
            run.put("accuracy", exported.accuracy(split.test(), setting.job()::checkCancelled));
        }
    }

    private double difference(ImageClassifier trained, ImageClassifier exported) {
        int[] images =
                IntStream.range(0, Math.min(COMPARED, split.test().size())).toArray();
        double difference = 0;
        for (int[] some : ImageBlocks.of(split.test().shape(), images)) {
            try (var _ = TensorScope.open();
                    var _ = NoGrad.begin()) {
                Tensor x = trained.input(split.test(), some);
                Tensor between = torch.sub(trained.logits(x, Phase.EVALUATION), exported.logits(x, Phase.EVALUATION));
                difference = Math.max(difference, between.abs().max().item_double());
            }
        }
        return difference;
    }
}
