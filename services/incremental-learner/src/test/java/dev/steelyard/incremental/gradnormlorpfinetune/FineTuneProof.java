package dev.steelyard.incremental.gradnormlorpfinetune;

import dev.steelyard.incremental.MiniLm;
import dev.steelyard.incremental.gradnormlorp.ProjectedClaims;
import dev.steelyard.incremental.gradnormlorp.ProofSets;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contender;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Runs;
import dev.steelyard.proof.Standings;
import dev.steelyard.proof.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * all-MiniLM-L6-v2 learns to tell spam from other mail by the subject, of which there are few, and acts from communication
 * by what a dictionary says, with projected gradients of rank 8 and with AdamW on the same batches. Each with three seeds
 * and the best of three or more learning rates on validation data, with rates tried on both sides of it: by all seeds for
 * subjects, which are few, else by the first. How often subspaces are chosen, by how many batches, and α were settled for
 * each task by validation data. Run by {@code make proof METHOD=incremental-learner/gradnormlorp-finetune}.
 */
class FineTuneProof {
    private static final int SEEDS = 3;
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
    private Path folder;

    @Test
    void encoder_learns_as_with_AdamW() throws Exception {
        Claims claims = new Claims("incremental-learner/gradnormlorp-finetune");
        Workers workers = Workers.standard().processes(2).threads(1);
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner", workers)) {
            String encoder = platform.importTree("model", MiniLm.imported(folder.resolve("minilm")));
            String subjects = platform.importTree("dataset", ProofSets.subjects(folder.resolve("subjects")));
            encoders(claims, platform, SUBJECTS, Map.of("data", subjects, "model", encoder));
            String glosses = platform.importTree("dataset", ProofSets.glosses(folder.resolve("glosses")));
            encoders(claims, platform, GLOSSES, Map.of("data", glosses, "model", encoder));
        }
        claims.publish();
    }

    private static void encoders(Claims claims, ProofPlatform platform, Task task, Map<String, String> inputs)
            throws IOException {
        Contest contest = ProjectedClaims.contest(platform, ENCODER + ", " + task.subspaces, inputs);
        Standings standings = contest.complete(
                contest.choose(List.of(task.ours(), task.adam()), task.deciding, ProjectedClaims.VALIDATION), SEEDS);
        for (Runs runs : standings.all()) {
            claims.note(
                    "fine-tuned, " + task.name + ": " + runs.contender().name(),
                    ProjectedClaims.describe(runs)
                            + String.format(Locale.ROOT, ", accuracy %.3f", runs.mean("test/accuracy")));
        }
        Runs ours = standings.of(task.ours());
        Runs adam = standings.of(task.adam());
        ProjectedClaims.bytes(claims, platform, "encoder, " + task.name, ours, adam);
        claims.atMost(
                "fine-tuned, " + task.name + ": test loss over AdamW's",
                ours.mean(ProjectedClaims.TEST) / adam.mean(ProjectedClaims.TEST),
                1.02);
    }
}
