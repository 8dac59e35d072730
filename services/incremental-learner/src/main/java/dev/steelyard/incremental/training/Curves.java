package dev.steelyard.incremental.training;

import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TrainingState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Figures over the steps of a run that its report shows: part of the run's state, so that a continued one has all. */
public final class Curves implements TrainingState.Part {
    private final SequencedMap<String, List<LineChart.Point>> curves = new LinkedHashMap<>();

    /** Adds a point; curves keep the order of their first points. */
    public void add(String curve, long step, double value) {
        curves.computeIfAbsent(curve, _ -> new ArrayList<>()).add(new LineChart.Point(step, value));
    }

    /** Points of a curve in order; none when there is no such curve. */
    public List<LineChart.Point> of(String curve) {
        return Collections.unmodifiableList(curves.getOrDefault(curve, List.of()));
    }

    /** Names of all curves. */
    public List<String> names() {
        return List.copyOf(curves.keySet());
    }

    /** Writes some curves for a report, each an array of [step, value]; one that is not there is empty. */
    public void write(ObjectNode into, List<String> names) {
        for (String name : names) {
            ArrayNode points = into.putArray(name);
            of(name).forEach(point -> points.addArray().add((long) point.step()).add(point.value()));
        }
    }

    @Override
    public Map<String, Tensor> save() {
        Map<String, Tensor> saved = new LinkedHashMap<>();
        int place = 0;
        for (Map.Entry<String, List<LineChart.Point>> curve : curves.entrySet()) {
            double[] flat = curve.getValue().stream()
                    .flatMapToDouble(point -> DoubleStream.of(point.step(), point.value()))
                    .toArray();
            saved.put("%03d.%s".formatted(place++, curve.getKey()), Tensors.of(flat, flat.length / 2, 2));
        }
        return saved;
    }

    @Override
    public void restore(Map<String, Tensor> saved) {
        curves.clear();
        saved.keySet().stream().sorted().forEach(key -> {
            double[] flat = Tensors.toDoubles(Objects.requireNonNull(saved.get(key)));
            for (int i = 0; i < flat.length; i += 2) {
                add(key.substring(4), (long) flat[i], flat[i + 1]);
            }
        });
    }
}
