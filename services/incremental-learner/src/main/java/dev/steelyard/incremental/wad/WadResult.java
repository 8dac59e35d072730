package dev.steelyard.incremental.wad;

import dev.steelyard.incremental.images.ImageModelConfig;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.LineChart;
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
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes what a run gave: student, teacher, the weights of the pool, and a report. */
record WadResult(
        MethodSpec<WadParams> spec,
        WadParams params,
        Rounds.Inputs inputs,
        SplitTable split,
        Rounds rounds,
        Curves curves,
        Optional<Teacher> teacher,
        Optional<Whitening> whitening) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> FORMAT = Map.of("format", "pt");

    Outputs write(JobContext job) throws IOException, InterruptedException {
        job.progress(1, "write");
        double[] probabilities = finalProbabilities(job);
        new WeightTable(inputs.samples(), rounds.pool(), probabilities).write(job.output(Wad.WEIGHTS));
        writeStudent(job.output(Wad.STUDENT), rounds.student());
        Outputs outputs = Outputs.of(Wad.STUDENT, Wad.WEIGHTS, Wad.REPORT);
        if (teacher.isPresent()) {
            teacher.get().write(job.output(Wad.TEACHER));
            outputs = Outputs.of(Wad.STUDENT, Wad.TEACHER, Wad.WEIGHTS, Wad.REPORT);
        }
        Path folder = job.output(Wad.REPORT);
        var histogram = new WeightHistogram(rounds.pool(), inputs.truth());
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report(histogram)) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown());
        Files.writeString(folder.resolve("weights.svg"), histogram.svg());
        Files.writeString(folder.resolve("rounds.svg"), chart());
        new Gallery(inputs.samples().images(), rounds.pool()).write(folder);
        for (String figure : curves.names()) {
            if (!figure.equals(TeacherTraining.CURVE)) {
                outputs = outputs.with(figure, last(figure));
            }
        }
        return outputs;
    }

    private void writeStudent(Path folder, Student student) throws IOException {
        ImageModelConfig config = student.config();
        (whitening.isPresent() ? config.ofWhitened() : config).write(folder);
        try (var _ = TensorScope.open()) {
            TensorFile.write(folder.resolve("model.safetensors"), student.exported(), FORMAT);
        }
        if (whitening.isPresent()) {
            whitening.get().write(folder.resolve("whitening.safetensors"));
        }
    }

    /**
     * The probability of each image's label. Without a teacher the labels are the student's own, and a weight is whether
     * the student is sure of it.
     */
    private double[] finalProbabilities(JobContext job) throws InterruptedException {
        Samples samples = inputs.samples();
        Pool pool = rounds.pool();
        int classes = samples.classes().size();
        int[] all = IntStream.range(samples.given(), pool.size()).toArray();
        float[] found = rounds.student().logProbabilities(inputs.images(), all, classes, job::checkCancelled);
        double[] probabilities = new double[all.length];
        for (int i = 0; i < all.length; i++) {
            if (!params.isTaught()) {
                var margin = Knowledge.Margin.of(found, i * classes, classes);
                float first = (float) Math.exp(margin.best());
                boolean counts = params.weighting().equals("threshold") && first >= params.confidence();
                pool.judge(all[i], margin.label(), first, (float) Math.exp(margin.second()), counts ? 1 : 0);
            }
            probabilities[i] = Math.exp(found[i * classes + pool.label(all[i])]);
        }
        return probabilities;
    }

    private double last(String figure) {
        List<LineChart.Point> points = curves.of(figure);
        return points.isEmpty() ? Double.NaN : points.getLast().value();
    }

    private ObjectNode report(WeightHistogram histogram) {
        ObjectNode report = JSON.createObjectNode();
        report.put("method", spec.name());
        report.put("version", spec.version());
        report.set("params", JSON.<JsonNode>valueToTree(params));
        report.set("split", JSON.<JsonNode>valueToTree(split));
        curves.write(report.putObject("figures"), curves.names());
        ObjectNode weights = report.putObject("weights");
        weights.put("binWidth", histogram.width());
        weights.putPOJO("known", histogram.known());
        weights.putPOJO("unknown", histogram.unknown());
        return report;
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# Known classes from a mixed pool\n\n");
        split.lines().forEach(line -> text.append(line).append('\n'));
        List<String> names = curves.names().stream()
                .filter(name -> !name.equals(TeacherTraining.CURVE))
                .toList();
        text.append("\n| round | ").append(String.join(" | ", names)).append(" |\n|");
        text.append("---|".repeat(names.size() + 1)).append('\n');
        for (int round = 1; round <= params.rounds() + 1; round++) {
            text.append("| ").append(round);
            for (String name : names) {
                text.append(" | ").append(cell(name, round));
            }
            text.append(" |\n");
        }
        text.append("""

                ![figures by round](rounds.svg)
                ![weights](weights.svg)

                Highest weights:

                ![highest](highest.png)

                Lowest weights:

                ![lowest](lowest.png)
                """);
        return text.toString();
    }

    private String cell(String name, int round) {
        return curves.of(name).stream()
                .filter(point -> point.step() == round)
                .findFirst()
                .map(point -> String.format(Locale.ROOT, "%.4f", point.value()))
                .orElse("–");
    }

    private String chart() {
        LineChart chart = new LineChart("Figures by round");
        for (String name : curves.names()) {
            if (!name.equals(TeacherTraining.CURVE) && !name.equals(RoundFigures.PROMOTED)) {
                chart.with(name, curves.of(name));
            }
        }
        return chart.svg();
    }
}
