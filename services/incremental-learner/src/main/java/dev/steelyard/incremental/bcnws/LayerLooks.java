package dev.steelyard.incremental.bcnws;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.incremental.images.ImageSplit;
import dev.steelyard.incremental.training.Learner;
import dev.steelyard.method.JobContext;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What becomes of a network's layers, looked at before the first pass over the training images and after each: accuracy
 * on the test images, |γ| of each scale, and the channels of each ReLU that no training image gets through.
 */
final class LayerLooks implements Learner.Observer, TrainingState.Part {
    private final JobContext job;
    private final Network network;
    private final ImageSplit split;
    private final Passes passes;
    private final List<String> scales;
    private final List<Look> looks = new ArrayList<>();

    /**
     * One look.
     *
     * @param pass passes done
     * @param accuracy [0, 1]
     * @param scales in the order of {@link #scales()}
     * @param deadShares of the channels of each layer, in the order of {@link #layers()}
     */
    record Look(int pass, double accuracy, List<Scale> scales, List<Double> deadShares) {}

    /** |γ| of one layer. */
    record Scale(double least, double mean) {}

    LayerLooks(JobContext job, Network network, ImageSplit split, Passes passes) {
        this.job = job;
        this.network = network;
        this.split = split;
        this.passes = passes;
        this.scales = network.store().parameters().stream()
                .map(parameter -> parameter.name())
                .filter(name -> name.contains(".norm.") && name.endsWith(".weight"))
                .toList();
    }

    /** Names of the parameters that scale: of channels or groups. */
    List<String> scales() {
        return scales;
    }

    /** Names of the layers with a ReLU. */
    List<String> layers() {
        return network.watch().names();
    }

    List<Look> looks() {
        return List.copyOf(looks);
    }

    /** Share of all channels that are dead in a look, [0, 1]. */
    double deadShare(Look look) {
        List<ChannelWatch.Seen> layers = network.watch().end();
        double dead = 0;
        double all = 0;
        for (int i = 0; i < layers.size(); i++) {
            dead += look.deadShares().get(i) * layers.get(i).channels();
            all += layers.get(i).channels();
        }
        return dead / all;
    }

    @Override
    public void afterUpdate(long step, double loss) throws InterruptedException {
        int done = passes.done(step + 1);
        if (done > passes.done(step)) {
            take(done);
        }
    }

    /** Looks now. */
    void take(int pass) throws InterruptedException {
        Look look = new Look(
                pass,
                network.classifier().accuracy(split.test(), job::checkCancelled),
                scales.stream().map(this::scale).toList(),
                dead(split.train()));
        looks.add(look);
        job.metric("accuracy", pass, look.accuracy());
        job.metric("dead-share", pass, deadShare(look));
        for (int i = 0; i < scales.size(); i++) {
            job.metric(
                    "least-scale/" + scales.get(i), pass, look.scales().get(i).least());
            job.metric("mean-scale/" + scales.get(i), pass, look.scales().get(i).mean());
        }
        for (int i = 0; i < layers().size(); i++) {
            job.metric("dead-share/" + layers().get(i), pass, look.deadShares().get(i));
        }
    }

    private List<Double> dead(ImageSet images) throws InterruptedException {
        network.watch().begin();
        network.pass(images, Phase.EVALUATION, job::checkCancelled);
        return network.watch().end().stream()
                .map(layer -> (double) layer.dead() / layer.channels())
                .toList();
    }

    private Scale scale(String name) {
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            double[] values = Tensors.toDoubles(network.tensor(name).abs());
            return new Scale(
                    Arrays.stream(values).min().orElseThrow(),
                    Arrays.stream(values).average().orElseThrow());
        }
    }

    @Override
    public Map<String, Tensor> save() {
        int width = 2 + 2 * scales.size() + layers().size();
        double[] rows =
                looks.stream().flatMapToDouble(look -> Arrays.stream(row(look))).toArray();
        return Map.of("looks", Tensors.of(rows, looks.size(), width));
    }

    private static double[] row(Look look) {
        List<Double> row = new ArrayList<>(List.of((double) look.pass(), look.accuracy()));
        look.scales().forEach(scale -> row.addAll(List.of(scale.least(), scale.mean())));
        row.addAll(look.deadShares());
        return row.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        looks.clear();
        saved.values().forEach(rows -> {
            double[] values = Tensors.toDoubles(rows);
            int width = (int) rows.size(1);
            for (int from = 0; from < values.length; from += width) {
                looks.add(look(Arrays.copyOfRange(values, from, from + width)));
            }
        });
    }

    private Look look(double[] row) {
        List<Scale> found = new ArrayList<>();
        for (int i = 0; i < scales.size(); i++) {
            found.add(new Scale(row[2 + 2 * i], row[3 + 2 * i]));
        }
        List<Double> dead =
                Arrays.stream(row, 2 + 2 * scales.size(), row.length).boxed().toList();
        return new Look((int) row[0], row[1], found, dead);
    }
}
