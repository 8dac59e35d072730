package dev.steelyard.quantizer.compressed;

import dev.steelyard.quantizer.grid.Granularity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code quantization_config} of config.json. Modules of one scheme form a config group, whose targets are their
 * exact names: a reader tries names before patterns and classes, so that no module can fall into a wrong group.
 */
public final class QuantizationConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final SequencedMap<WeightScheme, List<String>> modules = new LinkedHashMap<>();

    /** Adds a quantized module. */
    public void add(String module, WeightScheme scheme) {
        modules.computeIfAbsent(scheme, _ -> new ArrayList<>()).add(module);
    }

    /** The JSON object. */
    public ObjectNode toJson() {
        ObjectNode config = JSON.objectNode();
        config.put("quant_method", "compressed-tensors");
        config.put("format", "pack-quantized");
        config.put("quantization_status", "compressed");
        config.putNull("global_compression_ratio");
        config.putNull("kv_cache_scheme");
        config.putArray("ignore");
        ObjectNode groups = config.putObject("config_groups");
        for (Map.Entry<WeightScheme, List<String>> entry : modules.entrySet()) {
            ObjectNode group = groups.putObject("group_" + groups.size());
            entry.getValue().forEach(group.putArray("targets")::add);
            group.set("weights", weights(entry.getKey()));
            group.putNull("input_activations");
            group.putNull("output_activations");
        }
        return config;
    }

    private static ObjectNode weights(WeightScheme scheme) {
        ObjectNode weights = JSON.objectNode();
        weights.put("num_bits", scheme.grid().bits());
        weights.put("type", "int");
        weights.put("symmetric", scheme.grid().symmetric());
        switch (scheme.granularity()) {
            case Granularity.Channel() -> {
                weights.put("strategy", "channel");
                weights.putNull("group_size");
            }
            case Granularity.Group(int size) -> {
                weights.put("strategy", "group");
                weights.put("group_size", size);
            }
        }
        weights.put("dynamic", false);
        weights.putNull("actorder");
        weights.putNull("block_structure");
        return weights;
    }
}
