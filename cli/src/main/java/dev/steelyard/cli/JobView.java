package dev.steelyard.cli;

import dev.steelyard.cli.client.Job;
import dev.steelyard.cli.client.Problem;
import dev.steelyard.cli.render.Table;
import dev.steelyard.cli.render.Text;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Jobs as lines for people. */
final class JobView {
    private static final MathContext FIVE_DIGITS = new MathContext(5);

    private JobView() {}

    /** How a job ended and what came of it. */
    static List<String> conclusion(Job job) {
        List<String> lines = new ArrayList<>();
        String how = job.cachedFrom().isEmpty()
                ? time(job).map(time -> " in " + time).orElse("")
                : ", from the result of job " + job.cachedFrom();
        lines.add("job " + job.id() + " " + job.state() + how);
        figures(lines, job.summary());
        outputs(lines, job);
        return lines;
    }

    /** All about a job. */
    static List<String> whole(Job job) {
        List<String> lines = new ArrayList<>();
        lines.add("job " + job.id() + "  " + job.method() + " " + job.methodVersion() + "  " + job.state()
                + time(job).map(t -> "  " + t).orElse(""));
        if (!job.cachedFrom().isEmpty()) {
            lines.add("  result of job " + job.cachedFrom());
        }
        job.problem().map(Problem::oneLine).ifPresent(line -> lines.add("  problem: " + line));
        if (!job.state().ended()) {
            job.progress()
                    .ifPresent(at -> lines.add("  progress: %.0f%% %s"
                            .formatted(Math.max(0, at.fraction()) * 100, at.message())
                            .stripTrailing()));
        }
        section(lines, "parameters", plain(job.params()));
        Map<String, String> inputs = job.inputs().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        input -> input.getValue().ref().equals(input.getValue().artifact())
                                ? Text.shortId(input.getValue().artifact())
                                : input.getValue().ref() + "  ("
                                        + Text.shortId(input.getValue().artifact()) + ")"));
        section(lines, "inputs", inputs);
        section(lines, "labels", job.labels());
        lines.add("  seed: " + job.seed());
        attempts(lines, job);
        figures(lines, job.summary());
        outputs(lines, job);
        return lines;
    }

    private static void attempts(List<String> lines, Job job) {
        if (job.attempts().isEmpty()) {
            return;
        }
        Table table = new Table("ATTEMPT", "STATE", "DISPATCH", "DELIVERY", "WORKER");
        job.attempts()
                .forEach(each -> table.row(
                        Text.shortId(each.id()), each.state(), each.dispatch(), each.deliveryCount(), each.worker()));
        table.lines().forEach(line -> lines.add("  " + line));
    }

    private static void figures(List<String> lines, Map<String, JsonNode> summary) {
        Map<String, String> shown = summary.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, figure -> figure(figure.getKey(), figure.getValue())));
        section(lines, "figures", shown);
    }

    private static void outputs(List<String> lines, Job job) {
        Table table = new Table("OUTPUT", "ARTIFACT", "KIND", "SIZE", "FILES");
        job.outputs()
                .forEach((name, output) ->
                        table.row(name, output.artifact(), output.kind(), Text.size(output.size()), output.files()));
        if (!job.outputs().isEmpty()) {
            table.lines().forEach(line -> lines.add("  " + line));
        }
    }

    private static void section(List<String> lines, String title, Map<String, String> values) {
        if (values.isEmpty()) {
            return;
        }
        lines.add("  " + title + ":");
        Table table = new Table("", "");
        values.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(value -> table.row(value.getKey(), value.getValue()));
        table.lines().stream().skip(1).forEach(line -> lines.add("    " + line));
    }

    private static Map<String, String> plain(Map<String, JsonNode> values) {
        return values.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, value -> plain(value.getValue())));
    }

    /** Names that begin with "bytes" are sizes; other numbers are shown to five digits. */
    static String figure(String name, JsonNode value) {
        if (name.startsWith("bytes") && value.isIntegralNumber()) {
            return Text.size(value.asLong());
        }
        if (value.isFloatingPointNumber() && Double.isFinite(value.asDouble())) {
            return new BigDecimal(value.asDouble())
                    .round(FIVE_DIGITS)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return plain(value);
    }

    static String plain(JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }

    /** From its start to its end, or to now. */
    static Optional<String> time(Job job) {
        return job.startedAt()
                .map(started ->
                        Text.duration(Duration.between(started, job.finishedAt().orElseGet(Instant::now))));
    }
}
