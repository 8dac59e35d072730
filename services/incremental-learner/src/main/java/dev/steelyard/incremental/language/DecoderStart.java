package dev.steelyard.incremental.language;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.models.text.BytePairTraining;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run begins with: a tokenizer, the model's sizes, and a folder with its weights when it goes on from another.
 *
 * @param before of the model that training goes on from
 */
public record DecoderStart(TokenizerFolder tokenizer, LlamaConfig config, Optional<Path> before)
        implements AutoCloseable {
    private static final double NORM_EPS = 1e-6;

    /**
     * By a job's inputs: {@code model}, whose sizes, tokenizer and weights are taken, {@code tokenizer}, which goes before
     * the model's, and where there is neither a tokenizer learned from the texts.
     *
     * @param sizes of a new model, and what of them holds for a given one: the context
     * @throws MethodException when they do not fit together
     */
    public static DecoderStart of(DecoderSizes sizes, JobContext job, TextSplit texts)
            throws IOException, MethodException, InterruptedException {
        Optional<Path> before = job.optionalInput("model");
        TokenizerFolder tokenizer = TokenizerFolder.open(tokenizerFolder(sizes, job, before, texts));
        try {
            LlamaConfig config = before.isPresent() ? given(before.get(), sizes, tokenizer) : fresh(sizes, tokenizer);
            return new DecoderStart(tokenizer, config, before);
        } catch (IOException | MethodException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static Path tokenizerFolder(DecoderSizes sizes, JobContext job, Optional<Path> before, TextSplit texts)
            throws IOException, InterruptedException {
        Optional<Path> given = job.optionalInput("tokenizer").or(() -> before);
        if (given.isPresent()) {
            return given.get();
        }
        job.progress(0, "learns a tokenizer");
        BytePairTraining training = new BytePairTraining();
        for (String text : texts.train()) {
            job.checkCancelled();
            training.add(text);
        }
        Path folder = Files.createDirectories(job.scratch().resolve("tokenizer"));
        training.learn(sizes.vocabulary(), job::checkCancelled).write(folder, sizes.context());
        return folder;
    }

    private static LlamaConfig given(Path folder, DecoderSizes sizes, TokenizerFolder tokenizer)
            throws IOException, MethodException {
        LlamaConfig config = LlamaConfig.read(ModelConfig.read(folder));
        if (sizes.context() > config.maxPositions()) {
            throw MethodException.parameter(
                    "/context", "expected at most the model's %d positions".formatted(config.maxPositions()));
        }
        if (tokenizer.size() > config.vocabularySize()) {
            throw MethodException.input("the tokenizer has ids up to %d, the model a vocabulary of %d"
                    .formatted(tokenizer.size() - 1, config.vocabularySize()));
        }
        int end = tokenizer.end().orElseThrow();
        // what texts end with from now on, and may be another token than before
        return config.endTokens().contains(end)
                ? config
                : config.withTextTokens(tokenizer.begin().orElse(end), List.of(end));
    }

    private static LlamaConfig fresh(DecoderSizes sizes, TokenizerFolder tokenizer) {
        int end = tokenizer.end().orElseThrow();
        return new LlamaConfig(
                tokenizer.size(),
                sizes.hiddenSize(),
                sizes.intermediateSize(),
                sizes.layers(),
                sizes.heads(),
                sizes.keyValueHeads(),
                sizes.hiddenSize() / sizes.heads(),
                sizes.context(),
                NORM_EPS,
                sizes.ropeTheta(),
                sizes.tied(),
                tokenizer.begin().orElse(end),
                List.of(end));
    }

    /** The model at its beginning, in a store. */
    public LlamaModel model(Torch engine, long seed, ParameterStore store, Reparametrization form) throws IOException {
        try (var _ = TensorScope.open();
                var random = new RandomTensors(engine, seed)) {
            if (before.isEmpty()) {
                return LlamaModel.create(config, store, random, form);
            }
            try (Checkpoint checkpoint = Checkpoint.open(before.get())) {
                return LlamaModel.load(config, store, new CheckpointWeights(checkpoint), form);
            }
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
