package dev.steelyard.incremental.weightcompander;

import dev.steelyard.incremental.training.LineChart;
import dev.steelyard.incremental.weightcompander.ShapeLog.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The report's files: figures as JSON and Markdown, and plots of them. */
final class ShapeReport {
    private static final JsonMapper JSON = new JsonMapper();

    private ShapeReport() {}

    static void write(Path folder, JsonNode report, List<Contender> contenders) throws IOException {
        Files.writeString(
                folder.resolve("report.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
        Files.writeString(folder.resolve("report.md"), markdown(report));
        Files.writeString(folder.resolve("companders.svg"), companders(contenders));
        Files.writeString(
                folder.resolve("near-zero.svg"),
                chart("Share of weights below a tenth of their deviation", contenders, WeightShape::nearZero));
        Files.writeString(folder.resolve("kurtosis.svg"), chart("Kurtosis", contenders, WeightShape::kurtosis));
        Files.writeString(
                folder.resolve("scales.svg"),
                chart("a", contenders, shape -> shape.trained().a()));
    }

    private static String markdown(JsonNode report) {
        StringBuilder text = new StringBuilder("# Weights as a·arctan(v/b)\n\n");
        text.append("%d images to train on, %d for the test.\n"
                .formatted(
                        report.path("trainImages").intValue(),
                        report.path("testImages").intValue()));
        for (JsonNode run : report.path("runs")) {
            text.append(String.format(
                    Locale.ROOT,
                    "\n## %s: accuracy %.4f\n\n| weight | near 0 | kurtosis | ‖w‖ | max / (aπ/2) | saturated | a | b "
                            + "| ‖v‖ |\n|---|---|---|---|---|---|---|---|---|\n",
                    run.path("name").stringValue(),
                    run.path("accuracy").doubleValue()));
            for (JsonNode weight : run.path("weights")) {
                text.append(row(weight.path("name").stringValue() + ", before", weight.path("before")));
                text.append(row(weight.path("name").stringValue(), weight.path("after")));
            }
        }
        return text.append(
                        "\nNear 0: share of values below a tenth of their deviation. Saturated: share of values whose "
                                + "slope is below 1 % of that at 0.\n\n![companders](companders.svg)\n![near zero](near-zero.svg)\n"
                                + "![kurtosis](kurtosis.svg)\n![a](scales.svg)\n")
                .toString();
    }

    private static String row(String name, JsonNode shape) {
        String common = String.format(
                Locale.ROOT,
                "| %s | %.4f | %.3f | %.3f ",
                name,
                shape.path("nearZero").doubleValue(),
                shape.path("kurtosis").doubleValue(),
                shape.path("norm").doubleValue());
        if (!shape.has("a")) {
            return common + "| – | – | – | – | – |\n";
        }
        return common
                + String.format(
                        Locale.ROOT,
                        "| %.4f | %.4f | %.4g | %.4g | %.3f |\n",
                        shape.path("reach").doubleValue(),
                        shape.path("saturated").doubleValue(),
                        shape.path("a").doubleValue(),
                        shape.path("b").doubleValue(),
                        shape.path("normOfV").doubleValue());
    }

    private static String companders(List<Contender> contenders) {
        CompanderChart chart = new CompanderChart();
        Contender first = contenders.getFirst();
        for (int i = 0; i < first.shapes().starts().size(); i++) {
            Start start = first.shapes().starts().get(i);
            WeightShape end = first.shapes().looks(i).getLast().shape();
            Histogram other = contenders.size() > 1
                    ? contenders.get(1).shapes().starts().get(i).histogramOfW()
                    : start.w();
            chart.with(new CompanderChart.Panel(
                    start.name() + (contenders.size() > 1 ? "; grey: without compander" : "; grey: before"),
                    end.trained().a() / start.deviation(),
                    end.trained().b() / start.deviation(),
                    start.histogramOfW(),
                    start.histogramOfV(),
                    other));
        }
        return chart.svg();
    }

    private static String chart(String title, List<Contender> contenders, ToDoubleFunction<WeightShape> figure) {
        LineChart chart = new LineChart(title);
        for (Contender contender : contenders) {
            for (int i = 0; i < contender.shapes().starts().size(); i++) {
                List<LineChart.Point> points = contender.shapes().looks(i).stream()
                        .map(look -> new LineChart.Point(look.step(), figure.applyAsDouble(look.shape())))
                        .filter(point -> Double.isFinite(point.value()))
                        .toList();
                if (!points.isEmpty()) {
                    chart.with(
                            contender.name() + " "
                                    + contender.shapes().starts().get(i).name(),
                            points);
                }
            }
        }
        return chart.svg();
    }
}
