package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of a graph.
 *
 * @param type such as "MatMul"
 * @param name as the exporter named it; may be empty
 * @param inputs names of values; an optional input left out is empty
 * @param outputs names of values
 * @param integers attributes that are one integer
 */
public record OnnxNode(
        String type, String name, List<String> inputs, List<String> outputs, Map<String, Long> integers) {

    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        integers = Map.copyOf(integers);
    }

    /** The name of an input; empty when the node has none there. */
    Optional<String> input(int index) {
        return index < inputs.size() ? Optional.of(inputs.get(index)) : Optional.empty();
    }

    static OnnxNode read(ProtoReader message) throws ArtifactException {
        String type = "";
        String name = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, Long> integers = new HashMap<>();
        while (message.next()) {
            switch (message.field()) {
                case 1 -> inputs.add(message.text());
                case 2 -> outputs.add(message.text());
                case 3 -> name = message.text();
                case 4 -> type = message.text();
                case 5 -> readAttribute(message.message(), integers);
                default -> message.skip();
            }
        }
        return new OnnxNode(type, name, inputs, outputs, integers);
    }

    private static void readAttribute(ProtoReader message, Map<String, Long> integers) throws ArtifactException {
        String name = "";
        Optional<Long> value = Optional.empty();
        while (message.next()) {
            switch (message.field()) {
                case 1 -> name = message.text();
                case 3 -> value = Optional.of(message.number());
                default -> message.skip();
            }
        }
        if (value.isPresent()) {
            integers.put(name, value.get());
        }
    }
}
