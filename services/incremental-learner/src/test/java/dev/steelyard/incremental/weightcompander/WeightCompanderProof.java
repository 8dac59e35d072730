package dev.steelyard.incremental.weightcompander;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.weightcompander.CifarPart.Range;
import dev.steelyard.incremental.weightcompander.Trials.Outcome;
import dev.steelyard.incremental.weightcompander.Trials.Setting;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Sample;
import dev.steelyard.proof.Workers;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What companding does to weights and to errors: a perceptron on 1,000 handwritten digits, a convolutional network on
 * 500, and a residual one on 500 colour images of CIFAR-10, for which both sides choose among twelve settings by other
 * images. Run by {@code make proof METHOD=incremental-learner/weight-compander}.
 */
class WeightCompanderProof {
    static final String METHOD = "incremental-learner/weight-compander";
    private static final double[] DECAYS = {0, 1e-4, 5e-4, 5e-3};
    private static final double[][] SHAPES = {{2, 2}, {1, 1}, {1, 0.5}};
    private static final double T_95_OF_5 = 2.776;

    @TempDir
    private Path folder;

    @Test
    void weights_are_bounded_and_kept_from_zero() throws IOException, InterruptedException {
        Claims claims = new Claims(METHOD);
        try (ProofPlatform platform = ProofPlatform.start(
                "incremental-learner", Workers.standard().slots(2).threads(1).heapMegabytes(1500))) {
            String digits = platform.importTree("dataset", ProofData.digits());
            perceptron(claims, platform, digits);
            convolutions(claims, platform, digits);
            startsAtModel(claims, platform, digits);
            colour(claims, platform);
        }
        claims.note(
                "time of a step of a convolutional network, batch 32, that companding adds",
                100 * StepCost.share(Torch.start(Runtime.getRuntime().availableProcessors())),
                "%");
        claims.publish();
    }

    private static void perceptron(Claims claims, ProofPlatform platform, String digits) throws IOException {
        String common = "\"network\": \"mlp\", \"hidden\": [256, 256], \"normalization\": \"none\", \"epochs\": 60, "
                + "\"batch\": 50, \"trainLimit\": 1000";
        List<Setting> settings = new ArrayList<>(settings(1e-4));
        settings.add(Setting.companded(1, 0.5, 5e-4, 0.05));
        settings.add(new Setting("learned from α, β = 2, 2", "\"learn\": true", 1e-4, 0.05));
        List<Outcome> outcomes = new Trials(platform, digits, common, 5).run(settings);
        judge(claims, "perceptron", outcomes, 1, 0);
    }

    private static void convolutions(Claims claims, ProofPlatform platform, String digits) throws IOException {
        String common =
                "\"network\": \"cnn\", \"hidden\": [16, 32], \"epochs\": 40, \"batch\": 50, \"trainLimit\": 500";
        List<Outcome> outcomes = new Trials(platform, digits, common, 4).run(settings(5e-4));
        judge(claims, "convolutions", outcomes, 2, 1);
    }

    /** Plain training at four decays, then three companders. */
    private static List<Setting> settings(double decay) {
        List<Setting> settings = new ArrayList<>();
        for (double each : DECAYS) {
            settings.add(Setting.plain(each, 0.05));
        }
        for (double[] shape : SHAPES) {
            settings.add(Setting.companded(shape[0], shape[1], decay, 0.05));
        }
        return settings;
    }

    /**
     * @param twin which of the plain settings has the decay of the companded ones
     * @param weight whose distribution is looked at
     */
    private static void judge(Claims claims, String name, List<Outcome> outcomes, int twin, int weight) {
        Outcome plain = outcomes.get(twin);
        List<Outcome> companded = outcomes.subList(DECAYS.length, outcomes.size());
        Outcome one = companded.get(1);
        claims.atMost(
                name + ": share near zero over that of the twin, α, β = 1, 1",
                one.mean(weight, "nearZero") / plain.mean(weight, "nearZero"),
                0.75);
        claims.note(
                name + ": the same with 'near' by the initial deviation, which decay and growth move, too",
                one.mean(weight, "nearInitialZero") / plain.mean(weight, "nearInitialZero"),
                "");
        claims.atMost(
                name + ": kurtosis over that of the twin, α, β = 1, 1",
                one.mean(weight, "kurtosis") / plain.mean(weight, "kurtosis"),
                0.7);
        claims.atMost(
                name + ": largest |w|/(aπ/2) of all runs",
                companded.stream()
                        .mapToDouble(outcome -> outcome.largest(WeightCompanderProof::reach))
                        .max()
                        .orElseThrow(),
                1);
        double best = outcomes.subList(0, DECAYS.length).stream()
                .mapToDouble(Outcome::error)
                .min()
                .orElseThrow();
        for (Outcome outcome : companded.subList(0, SHAPES.length)) {
            claims.atMost(
                    name + ": error less that of the best decay, "
                            + outcome.setting().name() + ", points",
                    outcome.error() - best,
                    1);
        }
        claims.atMost(
                name + ": largest difference of exported and trained model's outputs",
                companded.stream()
                        .mapToDouble(outcome -> outcome.largest(
                                run -> run.path("exportDifference").doubleValue()))
                        .max()
                        .orElseThrow(),
                1e-6);
        for (Outcome outcome : outcomes) {
            claims.note(name + ": " + outcome.setting().name(), outcome.describe(weight));
        }
    }

    private static double reach(JsonNode run) {
        double largest = 0;
        for (JsonNode weight : run.path("weights")) {
            largest = Math.max(largest, weight.path("largestReach").doubleValue());
        }
        return largest;
    }

    /** A trained model that is companded says what it said. */
    private static void startsAtModel(Claims claims, ProofPlatform platform, String digits) throws IOException {
        String short_ = "\"epochs\": 2, \"trainLimit\": 1000}";
        Result first = platform.run(METHOD, "{\"reparam\": {\"kind\": \"none\"}, " + short_, Map.of("data", digits), 1);
        String params = "{\"reparam\": {\"tail\": \"fit\"}, " + short_;
        Map<String, String> inputs = Map.of("data", digits, "model", first.artifact("model"));
        Result second = platform.run(METHOD, params, inputs, 1);
        claims.equal(
                "accuracy of a model when it is companded",
                run(platform, first).path("accuracy").doubleValue(),
                run(platform, second).path("startAccuracy").doubleValue());
        Result again = platform.run(METHOD, params, inputs, 1);
        claims.equal("the same job again gives the same model", second.artifact("model"), again.artifact("model"));
    }

    private static JsonNode run(ProofPlatform platform, Result result) throws IOException {
        return platform.report(result).path("runs").path(0);
    }

    /** Both sides have four learning rates and three other settings to choose from: decays, or α and β. */
    private void colour(Claims claims, ProofPlatform platform) throws IOException, InterruptedException {
        var cifar = new CifarPart(ProofData.cifar());
        Range train = new Range(1, 0, 5_000); // each seed takes 500 of them
        String others =
                platform.importTree("dataset", cifar.write(folder.resolve("others"), train, new Range(5, 0, 5_000)));
        String test =
                platform.importTree("dataset", cifar.write(folder.resolve("test"), train, new Range(0, 0, 10_000)));
        String common = "\"network\": \"residual\", \"hidden\": [16, 32, 64], \"epochs\": 40, \"batch\": 50, "
                + "\"trainLimit\": 500, \"shift\": 4, \"mirror\": true";
        List<Setting> plain = new ArrayList<>();
        List<Setting> companded = new ArrayList<>();
        for (double rate : new double[] {0.2, 0.4, 0.8, 1.6}) {
            for (double decay : new double[] {1e-4, 5e-4, 5e-3}) {
                plain.add(Setting.plain(decay, rate));
            }
            companded.add(Setting.companded(1, 1, 5e-4, rate));
            companded.add(Setting.companded(2, 2, 5e-4, rate));
            companded.add(Setting.companded(2, 1, 5e-4, rate));
        }
        List<Outcome> chosen = new Trials(platform, others, common, 2)
                .run(Stream.concat(plain.stream(), companded.stream()).toList());
        for (Outcome each : chosen) {
            claims.note("colour: tried " + each.setting().name(), each.describe(1));
        }
        List<Outcome> tested = new Trials(platform, test, common, 5)
                .run(List.of(best(chosen.subList(0, plain.size())), best(chosen.subList(plain.size(), chosen.size()))));
        judgeGain(claims, tested.get(1), tested.get(0));
        for (Outcome outcome : tested) {
            claims.note("colour: chosen " + outcome.setting().name(), outcome.describe(1));
        }
    }

    private static Setting best(List<Outcome> outcomes) {
        return outcomes.stream()
                .min(Comparator.comparingDouble(Outcome::error))
                .orElseThrow()
                .setting();
    }

    private static void judgeGain(Claims claims, Outcome companded, Outcome plain) {
        var gains = Sample.of(
                IntStream.range(0, plain.runs().size()).boxed().toList(),
                seed -> companded.error(seed) - plain.error(seed));
        double mean = companded.error() - plain.error();
        double half = T_95_OF_5 * gains.deviation() / Math.sqrt(gains.values().size());
        claims.atMost("colour: test error less that of weight decay alone, five seeds, points", mean, 0);
        claims.note(
                "colour: 95 % interval of that difference",
                String.format(Locale.ROOT, "%.2f to %.2f points", mean - half, mean + half));
    }
}
