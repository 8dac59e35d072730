package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.ProofData;
import dev.steelyard.incremental.RunFiles;
import dev.steelyard.incremental.language.MeanLoss;
import dev.steelyard.incremental.language.TextSplit;
import dev.steelyard.incremental.language.TokenSequence;
import dev.steelyard.incremental.language.TokenWindows;
import dev.steelyard.incremental.language.TokenizerFolder;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.proof.Claims;
import dev.steelyard.proof.ProofPlatform;
import dev.steelyard.proof.Result;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small decoder learns 10.8 million characters of prose as a job of the platform, and foretells texts it has not seen
 * better than Kneser-Ney trigrams of the same tokens do: what a model can know from the last two tokens, counted over all
 * the text. A decoder that looked no further could not pass. Run by {@code make proof
 * METHOD=incremental-learner/pretrain-lm}; takes about ten minutes on two cores.
 */
class PretrainLmProof {
    private static final String METHOD = "incremental-learner/pretrain-lm";
    private static final int CONTEXT = 128;
    private static final int HELD_OUT = 10;
    private static final String MODEL = """
            {"hiddenSize": 128, "layers": 4, "heads": 4, "kvHeads": 2, "context": 128, "vocabulary": 2048, "batch": 16, \
            "steps": 2400, "learningRate": 0.004, "evaluateEvery": 400}""";
    private static final String SHORT = """
            {"hiddenSize": 32, "layers": 2, "heads": 4, "kvHeads": 2, "context": 32, "vocabulary": 512, "batch": 8, \
            "steps": 260, "evaluateEvery": 100, "ema": 0.9}""";

    @TempDir
    Path folder;

    @Test
    void prose_is_learned_better_than_its_trigrams() throws Exception {
        Claims claims = new Claims(METHOD);
        Path prose = split(ProofData.prose());
        try (ProofPlatform platform = ProofPlatform.start("incremental-learner")) {
            Map<String, String> data = Map.of("data", platform.importTree("dataset", prose));
            Result result = platform.run(METHOD, MODEL, data, 1);
            learned(claims, result, prose, platform.output(result, "model"));
            Result first = platform.run(METHOD, SHORT, data, 1);
            Result again = platform.run(METHOD, SHORT, data, 1);
            claims.equal("the same job again gives the same model", first.artifact("model"), again.artifact("model"));
            claims.equal("and the same report", first.artifact("report"), again.artifact("report"));
        }
        claims.equal("a job interrupted after step 220 ends with the same bytes", run(prose, 0), run(prose, 20));
        claims.publish();
    }

    private static void learned(Claims claims, Result result, Path prose, Path model)
            throws IOException, MethodException, InterruptedException {
        TextSplit texts = TextSplit.read(
                "data", prose, 0, RandomGeneratorFactory.getDefault().create());
        double loss = result.figure("validationLoss");
        try (TokenizerFolder tokenizer = TokenizerFolder.open(model)) {
            int[] train = TokenWindows.stream(texts.train(), tokenizer, () -> {});
            int[] validation = TokenWindows.stream(texts.validation(), tokenizer, () -> {});
            double[] counted = new double[4];
            for (int order = 1; order <= 3; order++) {
                counted[order] = new KneserNey(train, tokenizer.size(), order).loss(validation);
            }
            claims.atMost("validation loss over that of Kneser-Ney trigrams", loss / counted[3], 1);
            claims.atMost(
                    "validation loss: reported less that of the model's files, nats",
                    Math.abs(loss - reread(model, TokenWindows.all(validation, CONTEXT))),
                    1e-5);
            String written = texts.validation().getFirst();
            claims.equal("the tokenizer loses nothing", written, tokenizer.text(tokenizer.ids(written)));
            claims.note("tokens to train on", train.length, "");
            claims.note(
                    "validation loss, Kneser-Ney of order 1, 2, 3",
                    "%.3f, %.3f, %.3f nats a token".formatted(counted[1], counted[2], counted[3]));
        }
        claims.note("validation loss, decoder", loss, "nats a token");
        claims.note("perplexity", result.figure("perplexity"), "");
        claims.note("bits per byte", result.figure("bitsPerByte"), "");
        claims.note("parameters", result.figure("parameters"), "");
        claims.note("the job took", (double) result.ran().toSeconds(), "s");
    }

    /** Loss of the model that was written. */
    private static double reread(Path folder, List<TokenSequence> windows) throws IOException, InterruptedException {
        Torch.start(Runtime.getRuntime().availableProcessors());
        try (var store = new ParameterStore();
                var _ = TensorScope.open();
                Checkpoint checkpoint = Checkpoint.open(folder)) {
            LlamaModel model = LlamaModel.load(
                    LlamaConfig.read(ModelConfig.read(folder)),
                    store,
                    new CheckpointWeights(checkpoint),
                    Reparametrization.NONE);
            return MeanLoss.of(windows, 16, model::forward, () -> {});
        }
    }

    /** All output files of a short run; interrupted so many steps after its first saved state, or never. */
    private Map<String, String> run(Path prose, long steps) throws Exception {
        LocalRun job = LocalRun.in(folder.resolve("run-" + steps)).threads(2).input("data", prose);
        if (steps > 0) {
            try {
                job.cancelAfterState(steps).of(new PretrainLm(), SHORT);
                throw new AssertionError("the run was not interrupted");
            } catch (InterruptedException expected) {
                // the next run goes on
            }
        }
        job.of(new PretrainLm(), SHORT);
        return RunFiles.hashes(job, "model", "report");
    }

    /** Every tenth text, by name, is for validation. */
    private Path split(Path prose) throws IOException {
        Path parts = folder.resolve("prose");
        Path train = Files.createDirectories(parts.resolve("train"));
        Path validation = Files.createDirectories(parts.resolve("validation"));
        List<Path> files;
        try (Stream<Path> listed = Files.list(prose)) {
            files = listed.sorted().toList();
        }
        for (int i = 0; i < files.size(); i++) {
            Path part = i % HELD_OUT == HELD_OUT / 2 ? validation : train;
            Files.copy(files.get(i), part.resolve(files.get(i).getFileName()));
        }
        return parts;
    }
}
