package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.incremental.language.DecoderStart;
import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.models.llama.LlamaFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave: the model's folder, and figures. */
record PretrainingResult(
        MethodSpec<PretrainLmParams> spec, PretrainLmParams params, DecoderStart start, Pretraining training) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> CURVES = List.of("loss", "validation loss");

    Outputs write(JobContext job) throws IOException {
        Path model = job.output("model");
        LlamaFolder.write(model, start.config(), training.weights());
        start.tokenizer().copy(model);
        ObjectNode report = report();
        Path folder = job.output("report");
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown(report));
        Files.writeString(folder.resolve("loss.svg"), chart());
        Outputs outputs = Outputs.of("model", "report")
                .with("parameters", report.path("parameters").longValue());
        for (String figure : List.of("validationLoss", "perplexity", "bitsPerByte")) {
            if (report.has(figure)) {
                outputs = outputs.with(figure, report.path(figure).doubleValue());
            }
        }
        return outputs;
    }

    private ObjectNode report() {
        ObjectNode report = JSON.createObjectNode();
        report.put("method", spec.name());
        report.put("version", spec.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        report.put(
                "parameters",
                training.weights().values().stream().mapToLong(Tensor::numel).sum());
        report.put("vocabulary", start.config().vocabularySize());
        report.put("trainTokens", training.trainTokens());
        report.put("tokensSeen", (long) params.steps() * params.accumulate() * params.batch() * params.context());
        List<LineChart.Point> points = training.curves().of("validation loss");
        if (!points.isEmpty()) {
            double loss = points.getLast().value();
            double nats = loss * training.validationTokens();
            report.put("validationTokens", training.validationTokens());
            report.put("validationBytes", training.validationBytes());
            report.put("validationLoss", loss);
            report.put("perplexity", Math.exp(loss));
            report.put("bitsPerByte", nats / Math.log(2) / training.validationBytes());
        }
        training.curves().write(report.putObject("curves"), CURVES);
        return report;
    }

    private String markdown(ObjectNode report) {
        StringBuilder text = new StringBuilder("# A language model from texts\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d parameters, a vocabulary of %,d tokens. Trained on %,d tokens, of which it saw %,d.\n",
                report.path("parameters").longValue(),
                report.path("vocabulary").longValue(),
                report.path("trainTokens").longValue(),
                report.path("tokensSeen").longValue()));
        if (report.has("validationLoss")) {
            text.append(String.format(
                    Locale.ROOT,
                    """

                    | validation | |
                    |---|---|
                    | tokens | %,d |
                    | bytes | %,d |
                    | loss, nats a token | %.4f |
                    | perplexity | %.2f |
                    | bits per byte | %.4f |
                    """,
                    report.path("validationTokens").longValue(),
                    report.path("validationBytes").longValue(),
                    report.path("validationLoss").doubleValue(),
                    report.path("perplexity").doubleValue(),
                    report.path("bitsPerByte").doubleValue()));
        }
        return text.append("\n![loss](loss.svg)\n").toString();
    }

    private String chart() {
        LineChart chart = new LineChart("Loss, nats a token");
        CURVES.forEach(name -> chart.with(name, training.curves().of(name)));
        return chart.svg();
    }
}
