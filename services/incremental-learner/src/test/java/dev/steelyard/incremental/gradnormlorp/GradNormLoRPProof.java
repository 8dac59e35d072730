package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Standings;
import dev.steelyard.proof.Workers;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A decoder over bytes, 128 wide with 4 layers and 64 positions, learns English prose from nothing in 1,000 steps, with
 * projected gradients of rank 32 and beside that by GaLore, a low-rank adapter of the same rank, and AdamW. All learn from
 * the same batches: one a step, and 16 in each step that chooses subspaces. Each with three seeds and the best of three or
 * more learning rates on validation data of the first, with rates tried on both sides of it; moments in 32 bits at the rate
 * of those in 8. How many batches choose subspaces, what becomes of moments then, and α were settled by validation data of
 * the first seed; GaLore keeps its moments, as published, and with them rotated it is noted. Run by
 * {@code make proof METHOD=incremental-learner/gradnormlorp}.
 */
class GradNormLoRPProof {
    private static final int SEEDS = 3;
    private static final String PROJECTOR = ".projector";

    private static final String DECODER = """
            "decoder": {"hiddenSize": 128, "layers": 4, "heads": 4, "vocabulary": 257}, "context": 64, "batch": 8, \
            "steps": 1000, "rank": 32, "refresh": 50, "refreshBatches": 16, "evaluateEvery": 0""";

    @TempDir
    Path folder;

    private static final Contender EIGHT = ours(8);
    private static final Contender THIRTY_TWO = ours(32);
    private static final Contender GALORE = galore("GaLore", "keep", List.of(0.01, 0.02, 0.04));
    private static final Contender GALORE_ROTATED =
            galore("GaLore with moments rotated", "rotate", List.of(0.005, 0.01, 0.02));
    private static final Contender LORA =
            new Contender("low-rank adapter", "\"tuning\": \"lora\"", List.of(0.00075, 0.0015, 0.003));
    private static final Contender ADAM =
            new Contender("AdamW", "\"tuning\": \"full\"", List.of(0.000375, 0.00075, 0.0015));

    @Test
    void all_weights_are_trained_with_little_state() throws Exception {
        Claims claims = new Claims(ProjectedClaims.METHOD);
        Workers workers = Workers.standard().processes(2).threads(1);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            Map<String, String> prose =
                    Map.of("data", platform.importTree("dataset", ProofSets.prose(folder.resolve("prose"))));
            decoders(claims, platform, prose);
            exact(claims, platform, prose);
        }
        claims.publish();
    }

    private static Contender ours(int bits) {
        return new Contender(
                "GradNormLoRP, %d bits".formatted(bits),
                "\"stateBits\": %d, \"moments\": \"rotate\"".formatted(bits),
                List.of(0.0025, 0.005, 0.01));
    }

    /** In 32 bits; α by validation data, where 0.25 is worse for it. */
    private static Contender galore(String name, String moments, List<Double> rates) {
        return new Contender(name, """
                "normalize": false, "stateBits": 32, "projectorDtype": "fp32", "scale": 0.125, "moments": "%s\"""".formatted(moments), rates);
    }

    private static void decoders(Claims claims, ProofPlatform platform, Map<String, String> inputs) throws IOException {
        Contest contest = ProjectedClaims.contest(platform, DECODER, inputs);
        Standings standings = contest.complete(
                contest.choose(List.of(EIGHT, GALORE, GALORE_ROTATED, LORA, ADAM), 1, ProjectedClaims.VALIDATION),
                SEEDS);
        standings
                .all()
                .forEach(runs ->
                        claims.note("from nothing: " + runs.contender().name(), ProjectedClaims.describe(runs)));
        Runs ours = standings.of(EIGHT);
        ProjectedClaims.bytes(claims, platform, "decoder", ours, standings.of(ADAM));
        double loss = ours.mean(ProjectedClaims.TEST);
        claims.atMost(
                "from nothing: test loss less the low-rank adapter's",
                loss - standings.of(LORA).mean(ProjectedClaims.TEST),
                0);
        claims.atMost(
                "from nothing: test loss over GaLore's",
                loss / standings.of(GALORE).mean(ProjectedClaims.TEST),
                1.005);
        Runs exact = contest.run(THIRTY_TWO, ours.rate(), SEEDS);
        claims.note("from nothing: " + THIRTY_TWO.name(), ProjectedClaims.describe(exact));
        claims.atMost(
                "from nothing: test loss with 8 bits against 32, apart",
                Math.abs(loss / exact.mean(ProjectedClaims.TEST) - 1),
                0.01);
        claims.note(
                "from nothing: test loss over AdamW's",
                loss / standings.of(ADAM).mean(ProjectedClaims.TEST),
                "");
        claims.note(
                "from nothing: test loss over GaLore's with moments rotated",
                loss / standings.of(GALORE_ROTATED).mean(ProjectedClaims.TEST),
                "");
        claims.note("gradient held by the subspaces, last step", ours.mean(Watch.CAPTURED), "");
        claims.note("subspace that stays at a new choice", ours.mean(Watch.OVERLAP), "");
        claims.note("row norms gone from where they began", ours.mean(Watch.DRIFT), "");
    }

    private static void exact(Claims claims, ProofPlatform platform, Map<String, String> inputs) throws IOException {
        String params = "{%s, \"steps\": 120, \"learningRate\": 0.01, \"projectorDtype\": \"fp32\"}"
                .formatted(DECODER.replace("\"steps\": 1000, ", ""));
        Result first = platform.run(ProjectedClaims.METHOD, params, inputs, 1);
        Result again = platform.run(ProjectedClaims.METHOD, params, inputs, 1);
        claims.equal("the same job again gives the same model", first.artifact("model"), again.artifact("model"));
        claims.equal(
                "and the same optimizer state",
                first.artifact(GradNormLoRPTraining.OPTIMIZER),
                again.artifact(GradNormLoRPTraining.OPTIMIZER));
        Path file = platform.output(first, GradNormLoRPTraining.OPTIMIZER).resolve(Training.STATE_FILE);
        claims.atMost("projectors in single precision: largest entry of QQᵀ − I", skew(file), 1e-6);
        Path model = platform.output(first, "model").resolve(Checkpoint.SINGLE);
        claims.atMost("rows of projected weights whose norm is not trained", rowsWithoutNorm(file, model), 0);
    }

    /** Rows that have no second moment above 0 of their norm. */
    private static double rowsWithoutNorm(Path state, Path model) throws IOException {
        try (var _ = TensorScope.open()) {
            Map<String, Tensor> kept = TensorFile.read(state);
            long rows = 0;
            long trained = 0;
            for (Map.Entry<String, Tensor> weight : TensorFile.read(model).entrySet()) {
                if (kept.containsKey(weight.getKey() + PROJECTOR)) {
                    Tensor moment = kept.get(weight.getKey() + ".magnitude.exp_avg_sq");
                    rows += weight.getValue().size(0);
                    trained +=
                            moment == null ? 0 : moment.gt(new Scalar(0)).sum().item_long();
                }
            }
            return rows == 0 ? Double.NaN : (double) (rows - trained);
        }
    }

    private static double skew(Path file) throws IOException {
        Torch.start(1);
        double largest = 0;
        try (var _ = TensorScope.open()) {
            for (Map.Entry<String, Tensor> entry : TensorFile.read(file).entrySet()) {
                if (entry.getKey().endsWith(PROJECTOR)) {
                    Tensor q = entry.getValue();
                    Tensor rows = (q.size(0) < q.size(1) ? q : q.t()).to(ScalarType.Double);
                    Tensor skew = torch.mm(rows, rows.t()).sub(torch.eye(rows.size(0)));
                    largest = Math.max(largest, skew.abs().max().item_double());
                }
            }
        }
        return largest;
    }
}
