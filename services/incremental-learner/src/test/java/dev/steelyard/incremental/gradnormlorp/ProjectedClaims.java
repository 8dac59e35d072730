package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.Contest;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.proof.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/** What is claimed of a model that projected gradients trained, whichever model that is. */
public final class ProjectedClaims {
    public static final String METHOD = "incremental-learner/gradnormlorp";

    /** Figure of the loss on validation data, which chooses. */
    public static final String VALIDATION = "validation/loss";

    /** Figure of the loss on test data, which is claimed. */
    public static final String TEST = "test/loss";

    private static final String LINEAR = ".*(_proj|query|key|value|dense)\\.(lora_[AB]\\.)?weight\\..*";
    private static final String UNCOUNTED = "settings|.*\\.(step|side|watched)";

    private ProjectedClaims() {}

    /** Jobs with the parameters {@code common} and those of a contender. */
    public static Contest contest(ProofPlatform platform, String common, Map<String, String> inputs) {
        return new Contest(platform, (contender, rate, seed) -> {
            String params = "{%s, %s, \"learningRate\": %s}".formatted(common, contender.params(), rate);
            return platform.submit(METHOD, params, inputs, seed);
        });
    }

    /** Rate and loss on test data. */
    public static String describe(Runs runs) {
        return "rate " + runs.rate() + ", test loss " + runs.sample(TEST).spread();
    }

    /** Little state beside AdamW's, by the files that the jobs wrote. */
    public static void bytes(Claims claims, ProofPlatform platform, String model, Runs ours, Runs adam)
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
}
