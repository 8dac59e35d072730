package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.incremental.language.DecoderStart;
import dev.steelyard.incremental.language.MeanLoss;
import dev.steelyard.incremental.language.SequenceBatch;
import dev.steelyard.incremental.language.TextSplit;
import dev.steelyard.incremental.language.TokenSequence;
import dev.steelyard.incremental.language.TokenWindows;
import dev.steelyard.incremental.training.AveragedWeights;
import dev.steelyard.incremental.training.Averaging;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.MovingAverage;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/** A model in training, and how well it foretells the validation's texts. */
final class Pretraining implements AutoCloseable {
    /** Windows of a validation while training goes on; at the end all are taken. */
    private static final int SOME = 256;

    private final PretrainLmParams params;
    private final JobContext job;
    private final ParameterStore store;
    private final LlamaModel model;
    private final Optimizer optimizer;
    private final Optional<MovingAverage> average;
    private final List<TokenSequence> train;
    private final List<TokenSequence> validation;
    private final long validationBytes;
    private final long trainTokens;
    private final Curves curves = new Curves();

    private Pretraining(
            Torch engine,
            PretrainLmParams params,
            JobContext job,
            DecoderStart start,
            TextSplit texts,
            ParameterStore store)
            throws IOException, MethodException, InterruptedException {
        this.params = params;
        this.job = job;
        this.store = store;
        int[] stream = TokenWindows.stream(texts.train(), start.tokenizer(), job::checkCancelled);
        trainTokens = stream.length;
        train = TokenWindows.full(stream, params.context());
        validation = texts.validation().isEmpty()
                ? List.of()
                : TokenWindows.all(
                        TokenWindows.stream(texts.validation(), start.tokenizer(), job::checkCancelled),
                        params.context());
        validationBytes = TextSplit.bytes(texts.validation());
        if (train.size() < params.batch()) {
            throw MethodException.parameter(
                    "/batch",
                    "the training texts have %d windows of %d tokens; expected at most so many in a batch, found %d"
                            .formatted(train.size(), params.context(), params.batch()));
        }
        LlamaModel exact = start.model(engine, job.seed(), store, Reparametrization.NONE);
        model = params.precision().equals("bf16") ? exact.mixed() : exact;
        optimizer = params.optimizer().create(store.parameters());
        average =
                params.ema() > 0 ? Optional.of(new MovingAverage(store.parameters(), params.ema())) : Optional.empty();
    }

    static Pretraining begin(Torch engine, PretrainLmParams params, JobContext job, DecoderStart start, TextSplit texts)
            throws IOException, MethodException, InterruptedException {
        job.progress(0, "cuts the texts into tokens");
        ParameterStore store = new ParameterStore();
        try {
            return new Pretraining(engine, params, job, start, texts, store);
        } catch (IOException | MethodException | InterruptedException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    void run() throws IOException, MethodException, InterruptedException {
        TrainingPlan plan = plan();
        try (var loader = new DataLoader<>(
                items -> SequenceBatch.of(train, items), new Shuffle(train.size(), job.seed()), params.batch(), 1)) {
            TrainingState state = new TrainingState()
                    .with("model", store)
                    .with("optimizer", optimizer)
                    .with("data", loader)
                    .with("curves", curves);
            average.ifPresent(part -> state.with("average", part));
            Learner<SequenceBatch> learner = new Learner<>(
                    "loss",
                    store.parameters(),
                    optimizer,
                    batch -> batch.loss(model::forward),
                    Averaging.of(average).and(new Watch(plan)));
            new TrainingLoop<>(job, plan, loader, List.of(learner), state).run();
        }
    }

    private TrainingPlan plan() {
        TrainingPlan plan = TrainingPlan.of(
                        params.steps(), params.learningRate(), params.schedule().over(params.steps()))
                .accumulate(params.accumulate());
        return params.clip() > 0 ? plan.clip(params.clip()) : plan;
    }

    private final class Watch implements Learner.Observer {
        private final TrainingPlan plan;

        private Watch(TrainingPlan plan) {
            this.plan = plan;
        }

        @Override
        public void afterUpdate(long step, double loss) throws InterruptedException {
            long done = step + 1;
            if (plan.reports(step)) {
                curves.add("loss", done, loss);
            }
            int every = params.evaluateEvery();
            if (every > 0 && done % every == 0 && done < plan.steps() && !validation.isEmpty()) {
                seen(done, lossOf(TokenWindows.some(validation, SOME)));
            }
            if (done == plan.steps() && !validation.isEmpty()) {
                seen(done, lossOf(validation));
            }
        }

        private void seen(long step, double loss) {
            curves.add("validation loss", step, loss);
            job.metric("validation/loss", step, loss);
        }
    }

    /** Of the weights as they are to be written. */
    private double lossOf(List<TokenSequence> windows) throws InterruptedException {
        try (var _ = AveragedWeights.in(store, average)) {
            return MeanLoss.of(windows, params.batch(), model::forward, job::checkCancelled);
        }
    }

    /** The weights to write. */
    SequencedMap<String, Tensor> weights() {
        return average.isPresent() ? average.get().averages() : store.save();
    }

    Curves curves() {
        return curves;
    }

    long trainTokens() {
        return trainTokens;
    }

    /** Tokens that the validation's loss is taken on. */
    long validationTokens() {
        return validation.stream().mapToLong(TokenSequence::learned).sum();
    }

    long validationBytes() {
        return validationBytes;
    }

    @Override
    public void close() {
        average.ifPresent(MovingAverage::close);
        optimizer.close();
        store.close();
    }
}
