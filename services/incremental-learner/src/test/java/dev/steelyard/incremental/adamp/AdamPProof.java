package dev.steelyard.incremental.adamp;

import dev.steelyard.incremental.ProofData;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Sample;
import dev.steelyard.tensor.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What projection does: the laws of norms, the authors' own trace, and 2,000 handwritten digits on which a perceptron
 * 784-256-256-10 with batch normalization is trained for 25 epochs with three seeds as jobs of the platform. Run by
 * {@code make proof METHOD=incremental-learner/adamp}; takes two minutes on two cores.
 */
class AdamPProof {
    private static final String METHOD = "incremental-learner/adamp";
    private static final int SEEDS = 3;

    /** One contender's run; norms and angles are the first layer's. */
    private record Figures(double accuracy, double normRatio, double angle, double share) {
        private static Figures of(JsonNode run) {
            JsonNode first = run.path("tensors").path(0);
            return new Figures(
                    run.path("accuracy").doubleValue(),
                    first.path("squaredNormRatio").doubleValue(),
                    first.path("secondQuarterAngle").doubleValue(),
                    first.path("projectedShare").doubleValue());
        }
    }

    private record Runs(String name, List<Figures> all) {
        private double mean(ToDoubleFunction<Figures> figure) {
            return Sample.of(all, figure).mean();
        }

        private double deviation(ToDoubleFunction<Figures> figure) {
            return Sample.of(all, figure).deviation();
        }
    }

    private record Pair(Runs projected, Runs plain) {}

    @Test
    void projection_turns_weights_further_at_the_same_accuracy() throws IOException, InterruptedException {
        Claims claims = new Claims(METHOD);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner")) {
            String digits = platform.importTree("dataset", ProofData.digits());
            String sgdp = params("sgdp", 0.1, 1e-4);
            Result first = train(platform, digits, sgdp, 1);
            Pair sgd = pair("SGDP", "SGD", platform, digits, sgdp, first);
            String adamp = params("adamp", 1e-3, 1e-2);
            Pair adam = pair("AdamP", "AdamW", platform, digits, adamp, train(platform, digits, adamp, 1));
            digits(claims, sgd, adam);
            Result again = train(platform, digits, sgdp, 1);
            claims.equal("the same job again gives the same model", first.artifact("model"), again.artifact("model"));
        }
        mathematics(claims);
        claims.publish();
    }

    private static void digits(Claims claims, Pair sgd, Pair adam) {
        claims.atMost(
                "digits: SGDP's growth of ‖w‖² over SGD's, first layer",
                sgd.projected.mean(Figures::normRatio) / sgd.plain.mean(Figures::normRatio),
                0.6);
        claims.atLeast(
                "digits: SGDP's angle of a step over SGD's, second quarter",
                sgd.projected.mean(Figures::angle) / sgd.plain.mean(Figures::angle),
                2);
        claims.atLeast(
                "digits: AdamP's angle of a step over AdamW's, second quarter",
                adam.projected.mean(Figures::angle) / adam.plain.mean(Figures::angle),
                1.15);
        for (Pair pair : List.of(sgd, adam)) {
            claims.atLeast(
                    "digits: accuracy of %s less that of %s, points".formatted(pair.projected.name, pair.plain.name),
                    100 * (pair.projected.mean(Figures::accuracy) - pair.plain.mean(Figures::accuracy)),
                    -0.5);
        }
        for (Runs runs : List.of(sgd.plain, sgd.projected, adam.plain, adam.projected)) {
            claims.note("digits: " + runs.name, describe(runs));
        }
    }

    private static void mathematics(Claims claims) {
        NormLaw law = new NormLaw(Torch.start(Runtime.getRuntime().availableProcessors()));
        NormLaw.Outcome plain = law.plain();
        NormLaw.Outcome momentum = law.momentum();
        NormLaw.Outcome projected = law.projected();
        claims.atMost("law of norms, gradient descent: largest relative error", plain.worst(), 1e-12);
        claims.atMost("law of norms, momentum: largest relative error", momentum.worst(), 1e-12);
        claims.atMost("law of norms, projected momentum: largest relative error", projected.worst(), 1e-12);
        claims.atMost(
                "scale-invariant objective: projected momentum's value over momentum's",
                projected.objective() / momentum.objective(),
                0.8);
        claims.atMost(
                "authors' trace of 50 steps, double: largest difference",
                ReferenceTrace.worst(ScalarType.Double),
                1e-10);
        claims.atMost(
                "authors' trace of 50 steps, float: largest difference", ReferenceTrace.worst(ScalarType.Float), 1e-5);
    }

    private static Pair pair(
            String projected, String plain, ProofPlatform platform, String digits, String params, Result first)
            throws IOException {
        Pair pair = new Pair(new Runs(projected, new ArrayList<>()), new Runs(plain, new ArrayList<>()));
        for (int seed = 1; seed <= SEEDS; seed++) {
            Result result = seed == 1 ? first : train(platform, digits, params, seed);
            JsonNode runs = platform.report(result).path("runs");
            pair.projected.all.add(Figures.of(runs.path(0)));
            pair.plain.all.add(Figures.of(runs.path(1)));
        }
        return pair;
    }

    private static Result train(ProofPlatform platform, String digits, String params, long seed) {
        return platform.run(METHOD, params, Map.of("data", digits), seed);
    }

    private static String params(String optimizer, double rate, double decay) {
        return """
                {"optimizer": "%s", "compare": true, "learningRate": %s, "weightDecay": %s, "epochs": 25, "batch": 50, \
                "trainLimit": 2000}""".formatted(optimizer, rate, decay);
    }

    private static String describe(Runs runs) {
        return String.format(
                Locale.ROOT,
                "accuracy %.2f ± %.2f %%, ‖w‖² end/start %.2f, angle %.5f, projected in %.1f %% of steps",
                100 * runs.mean(Figures::accuracy),
                100 * runs.deviation(Figures::accuracy),
                runs.mean(Figures::normRatio),
                runs.mean(Figures::angle),
                100 * runs.mean(Figures::share));
    }
}
