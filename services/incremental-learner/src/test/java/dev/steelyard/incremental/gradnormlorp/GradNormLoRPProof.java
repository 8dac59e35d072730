package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.incremental.MiniLm;
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
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * all-MiniLM-L6-v2 learns to tell spam from other mail by the subject, of which there are few, and acts from communication
 * by what a dictionary says, with projected gradients of rank 8 and with AdamW. Then a decoder over bytes, 128 wide with 4
 * layers and 64 positions, learns English prose from nothing in 1,000 steps, with projected gradients of rank 32 and beside
 * that by GaLore, a low-rank adapter of the same rank, and AdamW. Each with three seeds and the best of three or more
 * learning rates on validation data, with rates tried on both sides of it: by all seeds for subjects, which are few, else
 * by the first; moments in 32 bits at the rate of those in 8. How often the encoder's subspaces are chosen, by how
 * many batches, and α were settled for each task by validation data. Run by
 * {@code make proof METHOD=incremental-learner/gradnormlorp}.
 */
class GradNormLoRPProof {
    private static final String METHOD = "incremental-learner/gradnormlorp";
    private static final int SEEDS = 3;
    private static final String VALIDATION = "validation/loss";
    private static final String TEST = "test/loss";
    private static final String LINEAR = ".*(_proj|query|key|value|dense)\\.(lora_[AB]\\.)?weight\\..*";
    private static final String UNCOUNTED = "settings|.*\\.(step|side|watched)";

    private static final String DECODER = """
            "decoder": {"hiddenSize": 128, "layers": 4, "heads": 4, "vocabulary": 257}, "context": 64, "batch": 8, \
            "steps": 1000, "rank": 32, "refresh": 50, "evaluateEvery": 0""";
    private static final String ENCODER = """
            "context": 32, "batch": 16, "steps": 300, "rank": 8, "svd": "randomized", "evaluateEvery": 0""";

    /**
     * What an encoder learns.
     *
     * @param subspaces when they are chosen, and by how many batches, which AdamW learns from, too; and α
     * @param deciding seeds by which learning rates are chosen; few texts need them all
     * @param rates of projected gradients, from which the search for the best begins
     * @param ratesOfAdam the same of AdamW
     */
    private record Task(String name, String subspaces, int deciding, List<Double> rates, List<Double> ratesOfAdam) {

        Contender ours() {
            return new Contender("GradNormLoRP, 8 bits", "\"stateBits\": 8", rates);
        }

        Contender adam() {
            return new Contender("AdamW", "\"tuning\": \"full\"", ratesOfAdam);
        }
    }

    private static final Task SUBJECTS = new Task(
            "spam",
            "\"refresh\": 500, \"refreshBatches\": 64, \"scale\": 1",
            SEEDS,
            List.of(1e-4, 2e-4, 4e-4),
            List.of(1e-5, 2e-5, 4e-5));
    private static final Task GLOSSES = new Task(
            "glosses",
            "\"refresh\": 20, \"refreshBatches\": 8, \"scale\": 2",
            1,
            List.of(2e-4, 4e-4, 8e-4),
            List.of(4e-5, 8e-5, 1.6e-4));

    @TempDir
    Path folder;

    private static final Contender EIGHT =
            new Contender("GradNormLoRP, 8 bits", "\"stateBits\": 8", List.of(0.0025, 0.005, 0.01));
    private static final Contender THIRTY_TWO =
            new Contender("GradNormLoRP, 32 bits", "\"stateBits\": 32", EIGHT.rates());
    private static final Contender GALORE = new Contender(
            "GaLore",
            "\"normalize\": false, \"stateBits\": 32, \"projectorDtype\": \"fp32\"",
            List.of(0.005, 0.01, 0.02));
    private static final Contender LORA =
            new Contender("low-rank adapter", "\"tuning\": \"lora\"", List.of(0.00075, 0.0015, 0.003));
    private static final Contender ADAM =
            new Contender("AdamW", "\"tuning\": \"full\"", List.of(0.000375, 0.00075, 0.0015));

    @Test
    void all_weights_are_trained_with_little_state() throws Exception {
        Claims claims = new Claims(METHOD);
        Workers workers = Workers.standard().processes(2).threads(1);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            String encoder = platform.importTree("model", MiniLm.imported(folder.resolve("minilm")));
            String subjects = platform.importTree("dataset", ProofSets.subjects(folder.resolve("subjects")));
            encoders(claims, platform, SUBJECTS, Map.of("data", subjects, "model", encoder));
            String glosses = platform.importTree("dataset", ProofSets.glosses(folder.resolve("glosses")));
            encoders(claims, platform, GLOSSES, Map.of("data", glosses, "model", encoder));
            Map<String, String> prose =
                    Map.of("data", platform.importTree("dataset", ProofSets.prose(folder.resolve("prose"))));
            decoders(claims, platform, prose);
            exact(claims, platform, prose);
        }
        claims.publish();
    }

    private static void decoders(Claims claims, ProofPlatform platform, Map<String, String> inputs) throws IOException {
        Contest contest = contest(platform, DECODER, inputs);
        Standings standings =
                contest.complete(contest.choose(List.of(EIGHT, GALORE, LORA, ADAM), 1, VALIDATION), SEEDS);
        standings
                .all()
                .forEach(runs -> claims.note("from nothing: " + runs.contender().name(), describe(runs)));
        Runs ours = standings.of(EIGHT);
        bytes(claims, platform, "decoder", ours, standings.of(ADAM));
        double loss = ours.mean(TEST);
        claims.atMost(
                "from nothing: test loss less the low-rank adapter's",
                loss - standings.of(LORA).mean(TEST),
                0);
        claims.atMost(
                "from nothing: test loss over GaLore's",
                loss / standings.of(GALORE).mean(TEST),
                1.005);
        Runs exact = contest.run(THIRTY_TWO, ours.rate(), SEEDS);
        claims.note("from nothing: " + THIRTY_TWO.name(), describe(exact));
        claims.atMost(
                "from nothing: test loss with 8 bits against 32, apart", Math.abs(loss / exact.mean(TEST) - 1), 0.01);
        claims.note(
                "from nothing: test loss over AdamW's",
                loss / standings.of(ADAM).mean(TEST),
                "");
        claims.note("gradient held by the subspaces, last step", ours.mean(Watch.CAPTURED), "");
        claims.note("subspace that stays at a new choice", ours.mean(Watch.OVERLAP), "");
        claims.note("row norms gone from where they began", ours.mean(Watch.DRIFT), "");
    }

    private static void encoders(Claims claims, ProofPlatform platform, Task task, Map<String, String> inputs)
            throws IOException {
        Contest contest = contest(platform, ENCODER + ", " + task.subspaces, inputs);
        Standings standings =
                contest.complete(contest.choose(List.of(task.ours(), task.adam()), task.deciding, VALIDATION), SEEDS);
        for (Runs runs : standings.all()) {
            claims.note(
                    "fine-tuned, " + task.name + ": " + runs.contender().name(),
                    describe(runs) + String.format(Locale.ROOT, ", accuracy %.3f", runs.mean("test/accuracy")));
        }
        Runs ours = standings.of(task.ours());
        Runs adam = standings.of(task.adam());
        bytes(claims, platform, "encoder, " + task.name, ours, adam);
        claims.atMost("fine-tuned, " + task.name + ": test loss over AdamW's", ours.mean(TEST) / adam.mean(TEST), 1.02);
    }

    private static Contest contest(ProofPlatform platform, String common, Map<String, String> inputs) {
        return new Contest(platform, (contender, rate, seed) -> {
            String params = "{%s, %s, \"learningRate\": %s}".formatted(common, contender.params(), rate);
            return platform.submit(METHOD, params, inputs, seed);
        });
    }

    private static String describe(Runs runs) {
        return "rate " + runs.rate() + ", test loss " + runs.sample(TEST).spread();
    }

    /** Of the files that the jobs wrote. */
    private static void bytes(Claims claims, ProofPlatform platform, String model, Runs ours, Runs adam)
            throws IOException {
        Predicate<String> linear = name -> name.matches(LINEAR);
        Predicate<String> any = _ -> true;
        Result run = ours.all().getFirst();
        Result reference = adam.all().getFirst();
        double targets = stateBytes(platform, run, linear);
        claims.atMost(
                model + ": bytes of optimizer state over AdamW's, projected weights",
                targets / stateBytes(platform, reference, linear),
                0.15);
        claims.equal(
                model + ": bytes of optimizer state as the job tells them",
                targets,
                run.figure("bytes of state, targets"));
        claims.note(
                model + ": bytes of optimizer state over AdamW's, whole model",
                stateBytes(platform, run, any) / stateBytes(platform, reference, any),
                "");
    }

    private static double stateBytes(ProofPlatform platform, Result run, Predicate<String> names) throws IOException {
        Path file = platform.output(run, GradNormLoRPTraining.OPTIMIZER).resolve(Training.STATE_FILE);
        try (var open = SafetensorsFile.open(file)) {
            return open.tensors().stream()
                    .filter(tensor -> !tensor.name().matches(UNCOUNTED) && names.test(tensor.name()))
                    .mapToLong(TensorInfo::byteSize)
                    .sum();
        }
    }

    private static void exact(Claims claims, ProofPlatform platform, Map<String, String> inputs) throws IOException {
        String params = "{%s, \"steps\": 120, \"learningRate\": 0.01, \"projectorDtype\": \"fp32\"}"
                .formatted(DECODER.replace("\"steps\": 1000, ", ""));
        Result first = platform.run(METHOD, params, inputs, 1);
        Result again = platform.run(METHOD, params, inputs, 1);
        claims.equal("the same job again gives the same model", first.artifact("model"), again.artifact("model"));
        claims.equal(
                "and the same optimizer state",
                first.artifact(GradNormLoRPTraining.OPTIMIZER),
                again.artifact(GradNormLoRPTraining.OPTIMIZER));
        Path file = platform.output(first, GradNormLoRPTraining.OPTIMIZER).resolve(Training.STATE_FILE);
        claims.atMost("projectors: largest entry of QQᵀ − I", skew(file), 1e-6);
    }

    private static double skew(Path file) throws IOException {
        Torch.start(1);
        double largest = 0;
        try (var _ = TensorScope.open()) {
            for (Map.Entry<String, Tensor> entry : TensorFile.read(file).entrySet()) {
                if (entry.getKey().endsWith(".projector")) {
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
