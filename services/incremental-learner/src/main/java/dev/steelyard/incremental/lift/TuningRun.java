package dev.steelyard.incremental.lift;

import dev.steelyard.incremental.language.FineTuningData;
import dev.steelyard.incremental.language.MeanLoss;
import dev.steelyard.incremental.language.ModelTokens;
import dev.steelyard.incremental.language.SequenceBatch;
import dev.steelyard.incremental.language.TokenSequence;
import dev.steelyard.incremental.training.Closing;
import dev.steelyard.incremental.training.Curves;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.incremental.training.TrainingLoop;
import dev.steelyard.incremental.training.TrainingPlan;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.DataLoader;
import dev.steelyard.tensor.train.Shuffle;
import dev.steelyard.tensor.train.TrainingState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/** One job: reads, trains, measures and writes. */
final class TuningRun implements AutoCloseable {
    /** Batches whose gradient entries are chosen by. */
    private static final int GRADIENT_BATCHES = 4;

    private final LiftParams params;
    private final JobContext job;
    private final Curves curves = new Curves();
    private final List<TokenSequence> data;
    private final SequencedMap<String, List<TokenSequence>> heldOut = new LinkedHashMap<>();
    private final long steps;
    private final LlamaConfig config;
    private final Targets targets;
    private final StepTimes times = new StepTimes();
    private final Tuning tuning;
    private final TunedModel model;

    TuningRun(Torch engine, LiftParams params, JobContext job) throws MethodException, IOException {
        this.params = params;
        this.job = job;
        Path folder = job.input(Lift.MODEL);
        config = TunedModel.config(folder);
        targets = Targets.of(folder, params.targets());
        requireRanks();
        try (var tokens = ModelTokens.open(folder)) {
            data = read(Lift.DATA, job.input(Lift.DATA), tokens, config);
            for (String name : List.of(Lift.VALIDATION, Lift.RETENTION)) {
                Optional<Path> input = job.optionalInput(name);
                if (input.isPresent()) {
                    heldOut.put(name, read(name, input.get(), tokens, config));
                }
            }
        }
        if (data.size() < params.batch()) {
            throw MethodException.parameter(
                    "/batch", "the data give %d sequences; a batch takes %d".formatted(data.size(), params.batch()));
        }
        long ofEpochs = (long) params.epochs() * (data.size() / params.batch()) / params.accumulate();
        steps = params.steps() > 0 ? params.steps() : Math.max(1, ofEpochs);
        try (Closing unfinished = new Closing()) {
            tuning = unfinished.with(tuning(engine), Tuning::close);
            model = new TunedModel(folder, config, tuning.form(), mixed());
            unfinished.keep();
        }
    }

    private List<TokenSequence> read(String input, Path folder, ModelTokens tokens, LlamaConfig config)
            throws IOException, MethodException {
        int longest = Math.min(params.maxLength(), config.maxPositions());
        // one token more than goes in: the last is foretold only
        return FineTuningData.read(input, folder, tokens, config.vocabularySize(), longest + 1);
    }

    private boolean mixed() {
        return params.precision().equals("bf16");
    }

    private void requireRanks() throws MethodException {
        boolean sparse = params.tuning().equals("sparse");
        if (sparse && Selection.of(params.selection()).reducesRank()) {
            targets.requireRank("/lraRank", params.lraRank());
        }
        if (params.tuning().equals("lora") || (sparse && params.density() == 0)) {
            targets.requireRank("/budgetRank", params.budgetRank());
        }
    }

    private Tuning tuning(Torch engine) {
        AdamMoments moments = new AdamMoments(params.beta1(), params.beta2(), params.epsilon(), false);
        return switch (params.tuning()) {
            case "sparse" -> {
                var choice = new PrincipalWeights(
                        engine,
                        job.seed(),
                        Selection.of(params.selection()),
                        params.lraRank(),
                        new Budget(params.budgetRank(), params.density()));
                yield new SparseTuning(
                        job, targets, choice, moments, params.weightDecay(), params.refresh(), steps, curves);
            }
            case "lora" ->
                new LowRankTuning(
                        engine,
                        job.seed(),
                        targets,
                        params.budgetRank(),
                        params.loraAlpha() * params.budgetRank(),
                        moments,
                        params.weightDecay());
            default -> new FullTuning(moments, params.weightDecay());
        };
    }

    Outputs run() throws MethodException, IOException, InterruptedException {
        tuning.begin(model.store(), this::firstGradients);
        TrainingPlan plan = plan();
        double[] before = measure(0, model);
        try (var loader = new DataLoader<>(
                items -> SequenceBatch.of(data, items), new Shuffle(data.size(), job.seed()), params.batch(), 1)) {
            TrainingState state = new TrainingState()
                    .with("data", loader)
                    .with("model", model.store())
                    .with("curves", curves);
            tuning.join(state);
            new TrainingLoop<>(job, plan, loader, List.of(learner(plan)), state).run();
        }
        job.progress(1, "write and measure");
        Path tuned = job.output(Lift.MODEL);
        try (var _ = TensorScope.open()) {
            model.write(tuned, tuning.trained());
        }
        double[] after = measureWritten(tuned);
        List<TuningResult.HeldOut> losses = new ArrayList<>();
        for (String input : heldOut.keySet()) {
            losses.add(new TuningResult.HeldOut(input, before[losses.size()], after[losses.size()]));
        }
        return new TuningResult(params, job, targets, tuning, curves, times, data.size(), steps).write(losses);
    }

    /** Of what was written, whose numbers may have fewer bits; the model in memory is let go before. */
    private double[] measureWritten(Path tuned) throws IOException, InterruptedException {
        if (heldOut.isEmpty()) {
            return new double[0];
        }
        model.close();
        try (TunedModel written = new TunedModel(tuned, config, Reparametrization.NONE, mixed())) {
            return measure(steps, written);
        }
    }

    private Learner<SequenceBatch> learner(TrainingPlan plan) {
        Learner.Observer observer =
                times.and(tuning.observer()).and(new Measuring(plan)).and(times.resuming());
        return new Learner<>(
                "loss", tuning.parameters(), tuning.optimizer(), batch -> batch.loss(model::forward), observer);
    }

    private TrainingPlan plan() {
        TrainingPlan plan = TrainingPlan.of(
                        steps, params.learningRate(), params.schedule().over(steps))
                .accumulate(params.accumulate());
        return params.clip() > 0 ? plan.clip(params.clip()) : plan;
    }

    /** Losses on held-out sequences, in the order of their inputs. */
    private double[] measure(long done, TunedModel of) throws InterruptedException {
        double[] losses = new double[heldOut.size()];
        int place = 0;
        for (Map.Entry<String, List<TokenSequence>> set : heldOut.entrySet()) {
            losses[place] = MeanLoss.of(set.getValue(), params.batch(), of::forward, job::checkCancelled);
            job.metric(set.getKey() + "/loss", done, losses[place++]);
        }
        return losses;
    }

    private final class Measuring implements Learner.Observer {
        private final TrainingPlan plan;

        Measuring(TrainingPlan plan) {
            this.plan = plan;
        }

        @Override
        public void afterUpdate(long step, double loss) throws InterruptedException {
            long done = step + 1;
            if (plan.reports(step)) {
                curves.add("loss", done, loss);
            }
            if (params.evaluateEvery() > 0 && done % params.evaluateEvery() == 0 && done < steps) {
                double[] losses = measure(done, model);
                int place = 0;
                for (String input : heldOut.keySet()) {
                    curves.add(input + "/loss", done, losses[place++]);
                }
            }
        }
    }

    private void firstGradients() {
        int end = Math.min(data.size(), GRADIENT_BATCHES * params.batch());
        for (int from = 0; from < end; from += params.batch()) {
            int[] items =
                    IntStream.range(from, Math.min(end, from + params.batch())).toArray();
            try (var _ = TensorScope.open()) {
                SequenceBatch.of(data, items).loss(model::forward).backward();
            }
        }
    }

    @Override
    public void close() {
        tuning.close();
        model.close();
    }
}
