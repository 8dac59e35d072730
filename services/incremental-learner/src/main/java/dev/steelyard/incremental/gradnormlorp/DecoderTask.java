package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.incremental.language.DecoderStart;
import dev.steelyard.incremental.language.MeanLoss;
import dev.steelyard.incremental.language.SequenceBatch;
import dev.steelyard.incremental.language.TextSplit;
import dev.steelyard.incremental.language.TokenSequence;
import dev.steelyard.incremental.language.TokenWindows;
import dev.steelyard.incremental.training.Check;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.llama.LlamaFolder;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A decoder learns to foretell texts, from nothing or on from where another stands. */
final class DecoderTask implements Task<SequenceBatch> {
    static final List<String> TARGETS = List.of("*attn*", "*mlp*");

    /** Windows of a validation while training goes on. */
    private static final int SOME = 256;

    private final GradNormLoRPParams params;
    private final DecoderStart start;
    private final ParameterStore store = new ParameterStore();
    private final LlamaModel model;
    private final List<TokenSequence> train;
    private final HeldOut validation;
    private final HeldOut test;

    private record HeldOut(List<TokenSequence> windows, long bytes) {
        static HeldOut of(List<String> texts, DecoderStart start, int context, Check check)
                throws InterruptedException {
            List<TokenSequence> windows = texts.isEmpty()
                    ? List.of()
                    : TokenWindows.all(TokenWindows.stream(texts, start.tokenizer(), check), context);
            return new HeldOut(windows, TextSplit.bytes(texts));
        }

        long tokens() {
            return windows.stream().mapToLong(TokenSequence::learned).sum();
        }
    }

    DecoderTask(Torch engine, GradNormLoRPParams params, JobContext job, Reparametrization form)
            throws IOException, MethodException, InterruptedException {
        this.params = params;
        TextSplit texts = TextSplit.read("data", job.input("data"), params.validationShare(), job.random("split"));
        start = DecoderStart.of(params.decoder().sizes(params.context()), job, texts);
        try {
            train = TokenWindows.full(
                    TokenWindows.stream(texts.train(), start.tokenizer(), job::checkCancelled), params.context());
            validation = HeldOut.of(texts.validation(), start, params.context(), job::checkCancelled);
            test = HeldOut.of(texts.test(), start, params.context(), job::checkCancelled);
            model = start.model(engine, job.seed(), store, form);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public ParameterStore store() {
        return store;
    }

    @Override
    public int examples() {
        return train.size();
    }

    @Override
    public SequenceBatch batch(int[] items) {
        return SequenceBatch.of(train, items);
    }

    @Override
    public Tensor loss(SequenceBatch batch) {
        return batch.loss(model::forward);
    }

    @Override
    public SequencedMap<String, Double> measure(Part part, JobContext job) throws InterruptedException {
        HeldOut held = part == Part.TEST ? test : validation;
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        if (!held.windows.isEmpty()) {
            List<TokenSequence> windows = part == Part.SOME ? TokenWindows.some(held.windows, SOME) : held.windows;
            double loss = MeanLoss.of(windows, params.batch(), model::forward, job::checkCancelled);
            figures.put("loss", loss);
            figures.put("perplexity", Math.exp(loss));
            if (part != Part.SOME) {
                figures.put("bitsPerByte", loss * held.tokens() / Math.log(2) / held.bytes);
            }
        }
        return figures;
    }

    @Override
    public SequencedMap<String, Long> counts() {
        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        counts.put("trainWindows", (long) train.size());
        counts.put("validationWindows", (long) validation.windows.size());
        counts.put("testWindows", (long) test.windows.size());
        counts.put("vocabulary", (long) start.config().vocabularySize());
        return counts;
    }

    @Override
    public void write(Path folder, SequencedMap<String, Tensor> weights) throws IOException {
        LlamaFolder.write(folder, start.config(), weights);
        start.tokenizer().copy(folder);
    }

    @Override
    public void close() {
        store.close();
        start.close();
    }
}
