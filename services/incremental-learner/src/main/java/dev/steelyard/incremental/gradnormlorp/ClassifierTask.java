package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.bert.BertConfig;
import dev.steelyard.models.text.TextClassifier;
import dev.steelyard.models.text.TextTokenizer;
import dev.steelyard.models.text.TokenBatch;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.CrossEntropyLossOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A BERT encoder learns to tell labelled texts apart. */
final class ClassifierTask implements Task<ClassifierTask.Batch> {
    static final List<String> TARGETS =
            List.of("*.query.*", "*.key.*", "*.value.*", "*.intermediate.dense.*", "*.output.dense.*");

    /** Texts of a validation while training goes on. */
    private static final int SOME = 256;

    private final GradNormLoRPParams params;
    private final ClassifierFolder folder;
    private final BertConfig config;
    private final LabelledTexts.Split data;
    private final ParameterStore store = new ParameterStore();
    private final TextClassifier model;

    /** @param labels [n] */
    record Batch(TokenBatch tokens, List<Integer> labels) {
        Tensor targets() {
            long[] ids = labels.stream().mapToLong(Integer::longValue).toArray();
            return Tensors.of(ids, ids.length);
        }
    }

    ClassifierTask(Torch engine, GradNormLoRPParams params, JobContext job, Path input, Reparametrization form)
            throws IOException, MethodException, InterruptedException {
        this.params = params;
        config = BertConfig.read(ModelConfig.read(input));
        folder = new ClassifierFolder(input);
        int longest = Math.min(params.context(), config.maxPositions());
        try (TextTokenizer tokenizer = TextTokenizer.open(input, longest, config.vocabularySize())) {
            data = LabelledTexts.read(
                    job.input("data"), tokenizer, params.validationShare(), job.random("split"), job::checkCancelled);
        }
        boolean goesOn = job.optionalInput(GradNormLoRPTraining.OPTIMIZER).isPresent();
        try {
            model = folder.load(engine, config, store, form, data.classes(), goesOn, job.seed());
        } catch (IOException | MethodException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public ParameterStore store() {
        return store;
    }

    @Override
    public int examples() {
        return data.train().size();
    }

    @Override
    public Batch batch(int[] items) {
        return batch(data.train(), items);
    }

    private Batch batch(LabelledTexts texts, int[] items) {
        List<long[]> tokens = Arrays.stream(items).mapToObj(texts.tokens()::get).toList();
        List<Integer> labels =
                Arrays.stream(items).mapToObj(texts.labels()::get).toList();
        return new Batch(TokenBatch.pad(tokens, config.padToken()), labels);
    }

    @Override
    public Tensor loss(Batch batch) {
        return loss(model.forward(batch.tokens()), batch);
    }

    private static Tensor loss(Tensor logits, Batch batch) {
        return torch.cross_entropy(logits, batch.targets(), new CrossEntropyLossOptions());
    }

    @Override
    public SequencedMap<String, Double> measure(Part part, JobContext job) throws InterruptedException {
        LabelledTexts texts = part == Part.TEST ? data.test() : data.validation();
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        if (texts.size() == 0) {
            return figures;
        }
        int[] items = byLength(texts, part == Part.SOME ? Math.min(SOME, texts.size()) : texts.size());
        double loss = 0;
        double right = 0;
        try (var _ = NoGrad.begin()) {
            for (int from = 0; from < items.length; from += params.batch()) {
                job.checkCancelled();
                Batch batch =
                        batch(texts, Arrays.copyOfRange(items, from, Math.min(items.length, from + params.batch())));
                try (var _ = TensorScope.open()) {
                    Tensor logits = model.forward(batch.tokens());
                    loss += loss(logits, batch).item_double() * batch.labels().size();
                    right += logits.argmax(new LongOptional(1), false)
                            .eq(batch.targets())
                            .sum()
                            .item_double();
                }
            }
        }
        figures.put("loss", loss / items.length);
        figures.put("accuracy", right / items.length);
        return figures;
    }

    /** Texts of like length go together, so that little is computed for padding. */
    private static int[] byLength(LabelledTexts texts, int count) {
        return IntStream.range(0, count)
                .map(i -> (int) ((long) texts.size() * i / count))
                .boxed()
                .sorted(Comparator.comparingInt(item -> texts.tokens().get(item).length))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public SequencedMap<String, Long> counts() {
        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        counts.put("trainTexts", (long) data.train().size());
        counts.put("validationTexts", (long) data.validation().size());
        counts.put("testTexts", (long) data.test().size());
        counts.put("classes", (long) data.classes().size());
        return counts;
    }

    @Override
    public void write(Path out, SequencedMap<String, Tensor> weights) throws IOException {
        folder.write(out, weights, data.classes());
    }

    @Override
    public void close() {
        store.close();
    }
}
