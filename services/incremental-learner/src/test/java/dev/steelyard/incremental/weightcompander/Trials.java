package dev.steelyard.incremental.weightcompander;

import dev.steelyard.cli.client.Job;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Settings of one experiment, each with a number of seeds, trained as jobs side by side. */
final class Trials {
    private final ProofPlatform platform;
    private final String data;
    private final String common;
    private final int seeds;

    /**
     * @param data artifact
     * @param common parameters of all settings, the inside of a JSON object
     */
    Trials(ProofPlatform platform, String data, String common, int seeds) {
        this.platform = platform;
        this.data = data;
        this.common = common;
        this.seeds = seeds;
    }

    /**
     * What is varied.
     *
     * @param compander the inside of parameter reparam; empty: none
     */
    record Setting(String name, String compander, double weightDecay, double learningRate) {
        static Setting plain(double weightDecay, double learningRate) {
            return new Setting(
                    String.format(Locale.ROOT, "decay %s, rate %s", weightDecay, learningRate),
                    "",
                    weightDecay,
                    learningRate);
        }

        static Setting companded(double alpha, double beta, double weightDecay, double learningRate) {
            return new Setting(
                    String.format(
                            Locale.ROOT, "α, β = %s, %s, decay %s, rate %s", alpha, beta, weightDecay, learningRate),
                    "\"alpha\": %s, \"beta\": %s".formatted(alpha, beta),
                    weightDecay,
                    learningRate);
        }

        private String json(String common) {
            String reparam = compander.isEmpty() ? "\"kind\": \"none\"" : compander;
            return "{\"reparam\": {%s}, \"optimizer\": {\"name\": \"sgd\", \"weightDecay\": %s}, \"learningRate\": %s, %s}"
                    .formatted(reparam, weightDecay, learningRate, common);
        }
    }

    /** One setting's runs, seed by seed: the report's entries. */
    record Outcome(Setting setting, List<JsonNode> runs) {
        double error(int seed) {
            return 100 * (1 - runs.get(seed).path("accuracy").doubleValue());
        }

        double error() {
            return mean(this::error);
        }

        double deviation() {
            return Sample.of(seeds(), this::error).deviation();
        }

        /** Mean of a figure of one weight after training. */
        double mean(int weight, String figure) {
            return mean(seed -> runs.get(seed)
                    .path("weights")
                    .path(weight)
                    .path("after")
                    .path(figure)
                    .asDouble(Double.NaN));
        }

        /** Largest of a figure of the runs. */
        double largest(ToDoubleFunction<JsonNode> figure) {
            return runs.stream().mapToDouble(figure).max().orElse(Double.NaN);
        }

        private double mean(ToDoubleFunction<Integer> figure) {
            return Sample.of(seeds(), figure).mean();
        }

        private List<Integer> seeds() {
            return IntStream.range(0, runs.size()).boxed().toList();
        }

        String describe(int weight) {
            return String.format(
                    Locale.ROOT,
                    "error %.2f ± %.2f %%, near 0 %.3f, kurtosis %.2f",
                    error(),
                    deviation(),
                    mean(weight, "nearZero"),
                    mean(weight, "kurtosis"));
        }
    }

    /** Trains all settings with all seeds. */
    List<Outcome> run(List<Setting> settings) throws IOException {
        List<List<Job>> submitted = new ArrayList<>();
        for (Setting setting : settings) {
            submitted.add(IntStream.rangeClosed(1, seeds)
                    .mapToObj(seed -> platform.submit(
                            WeightCompanderProof.METHOD, setting.json(common), Map.of("data", data), seed))
                    .toList());
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            List<JsonNode> runs = new ArrayList<>();
            for (Job job : submitted.get(i)) {
                runs.add(platform.report(platform.await(job)).path("runs").path(0));
            }
            outcomes.add(new Outcome(settings.get(i), runs));
        }
        return outcomes;
    }
}
