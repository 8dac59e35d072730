package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.MiniLm;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Streams of five tasks, three seeds each, beside a perceptron on the same features. */
record ProofStreams(Claims claims, ProofPlatform platform, Path folder) {
    private static final String METHOD = "incremental-learner/g-acil";
    private static final String STREAM = "{\"mode\": \"stream-benchmark\", \"expansion\": 2000, \"gamma\": 1}";
    private static final List<String> LEARNERS = List.of("g-acil", "plain", "ewc", "replay-200");
    private static final int SEEDS = 3;
    private static final int ENCODER_IMAGES = 400;
    private static final int GLOSSES = 400;

    /** Pixels as features, as the bounds ask. */
    void byPixels(String digits) {
        List<Result> runs = runs(digits);
        describe("digits by pixels", runs);
        double auc = mean(runs, "g-acil A_AUC");
        double last = mean(runs, "g-acil A_last");
        claims.atLeast("digits: A_last, mean of 3 seeds", last, 0.94);
        for (String learner : List.of("plain", "ewc")) {
            claims.atLeast(
                    "digits: A_AUC above " + learner + ", points", 100 * (auc - mean(runs, learner + " A_AUC")), 40);
            claims.atLeast(
                    "digits: A_last above " + learner + ", points", 100 * (last - mean(runs, learner + " A_last")), 40);
        }
        claims.atLeast("digits: A_last above replay-200, points", 100 * (last - mean(runs, "replay-200 A_last")), 8);
        claims.atLeast("digits: A_AUC above replay-200, points", 100 * (auc - mean(runs, "replay-200 A_AUC")), 10);
        claims.equal(
                "the same stream again gives the same state",
                runs.getFirst().artifact("state"),
                platform.run(METHOD, STREAM, Map.of("data", digits), 1).artifact("state"));
    }

    /** The encoder has seen five of the ten classes, and none of the images of the stream. */
    void byTrainedEncoder() throws Exception {
        String seen = platform.importTree("dataset", EncodedData.forEncoder(folder.resolve("seen"), ENCODER_IMAGES));
        String stream = platform.importTree("dataset", EncodedData.forStream(folder.resolve("stream"), ENCODER_IMAGES));
        Result encoder = platform.run(
                "incremental-learner/adamp",
                "{\"network\": \"cnn\", \"hidden\": [16, 32], \"epochs\": 5, \"weightDecay\": 0.0001}",
                Map.of("data", seen),
                1);
        claims.note("encoder: accuracy on its five classes", encoder.figure("adamp accuracy"), "");
        String features = platform.run(
                        "incremental-learner/features",
                        "{}",
                        Map.of("data", stream, "encoder", encoder.artifact("model")),
                        1)
                .artifact("features");
        List<Result> runs = runs(features);
        describe("digits by a CNN of five classes", runs);
        claims.atLeast("digits by a CNN of five classes: A_last, mean of 3 seeds", mean(runs, "g-acil A_last"), 0.94);
        String learn = "{\"expansion\": 1000, \"gamma\": 1}";
        claims.equal(
                "a state learned from features made before is the state learned through the encoder",
                platform.run(METHOD, learn, Map.of("data", features), 1).artifact("state"),
                platform.run(METHOD, learn, Map.of("data", stream, "encoder", encoder.artifact("model")), 1)
                        .artifact("state"));
    }

    /** What WordNet says of nouns; the classes are its topics. */
    void ofDictionary() throws Exception {
        String encoder = platform.importTree("model", MiniLm.published(folder.resolve("minilm")));
        String glosses = platform.importTree("dataset", EncodedData.dictionary(folder.resolve("dictionary"), GLOSSES));
        String features = platform.run(
                        "incremental-learner/features", "{}", Map.of("data", glosses, "encoder", encoder), 1)
                .artifact("features");
        List<Result> runs = runs(features);
        describe("dictionary of ten topics by MiniLM", runs);
        Result chosen = platform.run(METHOD, "{\"expansion\": 2000, \"autoGamma\": true}", Map.of("data", features), 1);
        claims.note("dictionary of ten topics by MiniLM: gamma chosen", chosen.figure("gamma"), "");
    }

    private void describe(String data, List<Result> runs) {
        for (String learner : LEARNERS) {
            claims.note(
                    "%s: %s: A_AUC and A_last, mean of 3 seeds".formatted(data, learner),
                    "%.4f  %.4f".formatted(mean(runs, learner + " A_AUC"), mean(runs, learner + " A_last")));
        }
    }

    private static double mean(List<Result> runs, String figure) {
        return runs.stream().mapToDouble(run -> run.figure(figure)).average().orElse(Double.NaN);
    }

    private List<Result> runs(String data) {
        return IntStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> platform.run(METHOD, STREAM, Map.of("data", data), seed))
                .toList();
    }
}
