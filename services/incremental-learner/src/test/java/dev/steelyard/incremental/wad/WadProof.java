package dev.steelyard.incremental.wad;

import dev.steelyard.cli.client.Job;
import dev.steelyard.incremental.ProofData;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Digits 0 to 4 from ten labels each and a pool of 2,000 more of them, among which are none, 30 % or 60 % digits 5 to 9;
 * three seeds, as jobs of the platform. Run by {@code make proof METHOD=incremental-learner/wad}.
 */
class WadProof {
    private static final String METHOD = "incremental-learner/wad";
    private static final int SEEDS = 3;
    private static final List<Double> MISMATCHES = List.of(0.0, 0.3, 0.6);

    /** What a job found. */
    private record Figures(JsonNode all) {
        double last(String name) {
            JsonNode points = all.path(name);
            return points.isEmpty()
                    ? Double.NaN
                    : points.get(points.size() - 1).get(1).doubleValue();
        }

        double first(String name) {
            return all.path(name).isEmpty()
                    ? Double.NaN
                    : all.path(name).get(0).get(1).doubleValue();
        }

        double sum(String name) {
            double sum = 0;
            for (JsonNode point : all.path(name)) {
                sum += point.get(1).doubleValue();
            }
            return sum;
        }

        /** Promoted images with their right label, of all rounds. */
        double pure() {
            double right = 0;
            for (int i = 0; i < all.path("promoted").size(); i++) {
                double count = all.path("promoted").get(i).get(1).doubleValue();
                right += count == 0
                        ? 0
                        : count * purity(all.path("promoted").get(i).get(0).intValue());
            }
            return right;
        }

        private double purity(int round) {
            for (JsonNode point : all.path("purity of promoted")) {
                if (point.get(0).intValue() == round) {
                    return point.get(1).doubleValue();
                }
            }
            return Double.NaN;
        }
    }

    /** The runs of one weighting at one mismatch. */
    private static final class Runs {
        private final List<Figures> all = new ArrayList<>();

        double mean(ToDoubleFunction<Figures> figure) {
            return all.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        double accuracy() {
            return 100 * mean(run -> run.last("accuracy"));
        }

        double alone() {
            return 100 * mean(run -> run.last("supervised accuracy"));
        }

        double purity() {
            return all.stream().mapToDouble(Figures::pure).sum()
                    / all.stream().mapToDouble(run -> run.sum("promoted")).sum();
        }

        String list(String figure) {
            return String.join(
                    ", ",
                    all.stream()
                            .map(run -> String.format(Locale.ROOT, "%.2f", 100 * run.last(figure)))
                            .toList());
        }
    }

    @TempDir
    private Path folder;

    private final Map<String, Runs> runs = new HashMap<>();

    private Runs of(String weighting, double mismatch) {
        return runs.computeIfAbsent(weighting + mismatch, _ -> new Runs());
    }

    @Test
    void pool_that_is_weighed_helps_whatever_else_is_in_it() throws IOException, InterruptedException {
        Claims claims = new Claims(METHOD);
        Workers workers = Workers.standard().processes(2).threads(1);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            MixedDigits digits = new MixedDigits(ProofData.digits(), folder);
            List<Draw> draws = new ArrayList<>();
            for (int seed = 1; seed <= SEEDS; seed++) {
                for (double mismatch : MISMATCHES) {
                    draws.add(Draw.submit(platform, digits.draw(mismatch, seed), mismatch, seed));
                }
            }
            List<Trained> trained = new ArrayList<>();
            for (Draw draw : draws) {
                trained.addAll(draw.withItsTeacher(platform, claims));
            }
            for (Trained student : trained) {
                of(student.weighting, student.mismatch).all.add(figures(platform, platform.await(student.job)));
            }
        }
        judge(claims);
        claims.publish();
    }

    /** A job of which figures are to be had. */
    private record Trained(String weighting, double mismatch, Job job) {}

    /** One draw of images, with the job that trains a teacher on it. */
    private record Draw(Map<String, String> inputs, double mismatch, long seed, Job first) {

        static Draw submit(ProofPlatform platform, MixedDigits.Folders folders, double mismatch, long seed)
                throws IOException {
            Map<String, String> inputs = Map.of(
                    "labelled", platform.importTree("dataset", folders.labelled()),
                    "unlabelled", platform.importTree("dataset", folders.pool()),
                    "truth", platform.importTree("dataset", folders.truth()));
            return new Draw(inputs, mismatch, seed, platform.submit(METHOD, params("wad", true), inputs, seed));
        }

        /** Waits for the teacher and trains the other students. */
        List<Trained> withItsTeacher(ProofPlatform platform, Claims claims) {
            Result taught = platform.await(first);
            Map<String, String> given = new HashMap<>(inputs);
            given.put("teacher", taught.artifact("teacher"));
            if (seed == 1 && mismatch == 0.3) {
                Result again = platform.run(METHOD, params("wad", true), given, seed);
                claims.equal(
                        "the same teacher again teaches the same student",
                        taught.artifact("student"),
                        again.artifact("student"));
                claims.equal("and weighs the same", taught.artifact("weights"), again.artifact("weights"));
            }
            return List.of(
                    new Trained("wad", mismatch, first),
                    new Trained("none", mismatch, platform.submit(METHOD, params("none", false), given, seed)),
                    new Trained(
                            "threshold", mismatch, platform.submit(METHOD, params("threshold", false), given, seed)));
        }
    }

    private static Figures figures(ProofPlatform platform, Result result) throws IOException {
        return new Figures(platform.report(result).path("figures"));
    }

    private static String params(String weighting, boolean supervised) {
        return """
                {"weighting": "%s", "supervised": %s, "neighbourhood": "given", "cut": 0.5,
                 "augmentation": {"cropMin": 0.4, "rotation": 15, "mirror": 0, "jitter": 0, "grey": 0},
                 "teacher": {"projection": 64, "epochs": 60, "batch": 256, "warmUp": 2, "learningRate": 1e-4,
                             "optimizer": {"name": "adam", "weightDecay": 0}},
                 "student": {"mirror": false, "iterations": 150, "unlabelledBatch": 128, "average": 0.99}}""".formatted(weighting, supervised);
    }

    private void judge(Claims claims) {
        Runs most = of("wad", 0.6);
        double auroc = most.mean(run -> run.first("AUROC of w"));
        claims.atLeast("60 % unknown: AUROC of w for known against unknown", auroc, 0.75);
        claims.note("the same, hoped for at 0.8 or more", auroc, "");
        claims.note("60 % unknown: AUROC of s1 alone", most.mean(run -> run.first("AUROC of s1")), "");
        claims.note("60 % unknown: AUROC of -s2 alone", most.mean(run -> run.first("AUROC of -s2")), "");
        for (double mismatch : MISMATCHES) {
            Runs wad = of("wad", mismatch);
            String at = "%.0f %% unknown: ".formatted(100 * mismatch);
            claims.atLeast(at + "promoted images of a known class with its label", wad.purity(), 0.95);
            claims.atLeast(at + "accuracy less that of labels alone, points", wad.accuracy() - wad.alone(), 3);
        }
        claims.atLeast(
                "60 % unknown: accuracy less that of equal weights, points",
                most.accuracy() - of("none", 0.6).accuracy(), 0);
        double loss = of("wad", 0).accuracy() - most.accuracy();
        double fixMatch = of("threshold", 0).accuracy() - of("threshold", 0.6).accuracy();
        claims.atMost("accuracy lost from 0 to 60 % unknown less half of FixMatch's, points", loss - fixMatch / 2, 0);
        claims.note("accuracy that WAD loses from 0 to 60 % unknown", loss, "points");
        claims.note("accuracy that FixMatch loses from 0 to 60 % unknown", fixMatch, "points");
        for (double mismatch : MISMATCHES) {
            String at = "%.0f %% unknown, accuracy by seed: ".formatted(100 * mismatch);
            claims.note(at + "labels alone", of("wad", mismatch).list("supervised accuracy"));
            for (String weighting : List.of("wad", "none", "threshold")) {
                claims.note(at + weighting, of(weighting, mismatch).list("accuracy"));
            }
            claims.note(
                    "%.0f %% unknown: right labels of known images".formatted(100 * mismatch),
                    of("wad", mismatch).mean(run -> run.first("right labels of known")),
                    "");
            claims.note(
                    "%.0f %% unknown: share of weight that falls on unknown images".formatted(100 * mismatch),
                    of("wad", mismatch).mean(run -> run.first("invasion")),
                    "");
        }
    }
}
