package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds out what a PyTorch model's parameters were called before it was exported. The exporter keeps most names, but
 * folds the transposition of a linear layer's weight into the weight and then numbers it. What it multiplies with is
 * told by the bias that is added next, or by the node's path.
 */
final class ParameterNames {
    private static final String BIAS = ".bias";
    private static final String WEIGHT = ".weight";
    private static final Pattern IDENTIFIERS = Pattern.compile("[A-Za-z_]\\w*(?:\\.\\w+)*");
    private static final Pattern NUMBERED =
            Pattern.compile("(?i)_*(?:val|const|constant|tensor|initializer|onnx|node|t|v)?_*\\d+");

    /**
     * A parameter of the checkpoint.
     *
     * @param source the initialiser it comes from
     * @param transposed whether the file holds it as [in, out] where PyTorch holds [out, in]
     */
    record Parameter(String source, boolean transposed) {}

    private final Map<String, TensorInfo> initialisers = new LinkedHashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, List<OnnxNode>> consumers = new HashMap<>();
    private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
    private final Set<String> named = new HashSet<>();

    private ParameterNames(List<TensorInfo> tensors, List<OnnxNode> nodes) {
        tensors.forEach(tensor -> initialisers.put(tensor.name(), tensor));
        for (OnnxNode node : nodes) {
            node.inputs()
                    .forEach(input -> consumers
                            .computeIfAbsent(input, name -> new ArrayList<>())
                            .add(node));
        }
    }

    /** Parameter by name. An initialiser that is none (a shape, a scale factor) is not among their sources. */
    static SequencedMap<String, Parameter> resolve(List<TensorInfo> tensors, List<OnnxNode> nodes) {
        ParameterNames names = new ParameterNames(tensors, nodes);
        names.keepRealNames();
        names.followIdentities(nodes);
        nodes.forEach(names::nameLinearWeight);
        names.keepWhatIsLeft();
        return names.parameters;
    }

    private void keepRealNames() {
        initialisers.keySet().stream().filter(ParameterNames::isReal).forEach(name -> name(name, name, false));
    }

    /** Equal parameters are exported once, and an Identity gives them their other names. */
    private void followIdentities(List<OnnxNode> nodes) {
        for (OnnxNode node : nodes) {
            if (node.type().equals("Identity")
                    && node.input(0).isPresent()
                    && !node.outputs().isEmpty()) {
                String source = initialiser(node.inputs().getFirst());
                String output = node.outputs().getFirst();
                if (initialisers.containsKey(source)) {
                    aliases.put(output, source);
                    if (isReal(output)) {
                        name(output, source, false);
                    }
                }
            }
        }
    }

    private void nameLinearWeight(OnnxNode node) {
        boolean isGemm = node.type().equals("Gemm");
        if (!isGemm && !node.type().equals("MatMul")) {
            return;
        }
        String source = node.input(1).map(this::initialiser).orElse("");
        TensorInfo weight = initialisers.get(source);
        if (weight == null || isReal(source) || weight.shape().size() != 2) {
            return;
        }
        boolean transposed = !isGemm || node.integers().getOrDefault("transB", 0L) == 0;
        (isGemm ? node.input(2).flatMap(ParameterNames::weightBeside) : weightBesideBiasAfter(node))
                .or(() -> weightAtPath(node.name()))
                .ifPresent(name -> name(name, source, transposed));
    }

    /** "x.weight" when the product is only added to "x.bias". */
    private Optional<String> weightBesideBiasAfter(OnnxNode product) {
        if (product.outputs().isEmpty()) {
            return Optional.empty();
        }
        String value = product.outputs().getFirst();
        return consumers.getOrDefault(value, List.of()).stream()
                .filter(node -> node.type().equals("Add"))
                .flatMap(node -> node.inputs().stream())
                .filter(input -> initialisers.containsKey(initialiser(input)))
                .flatMap(input -> weightBeside(input).stream())
                .findFirst();
    }

    private static Optional<String> weightBeside(String bias) {
        return isReal(bias) && bias.endsWith(BIAS)
                ? Optional.of(bias.substring(0, bias.length() - BIAS.length()) + WEIGHT)
                : Optional.empty();
    }

    /** "/encoder/layer.0/q_proj/MatMul" is in the module encoder.layer.0.q_proj; "/net/net.0/Gemm" in net.0. */
    private static Optional<String> weightAtPath(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        String[] names = path.substring(1).split("/", -1);
        List<String> modules = new ArrayList<>();
        for (int i = 0; i + 1 < names.length; i++) {
            boolean isContainer = i + 2 < names.length && names[i + 1].startsWith(names[i] + ".");
            if (!isContainer) {
                modules.add(names[i]);
            }
        }
        String name = String.join(".", modules) + WEIGHT;
        return modules.isEmpty() || !isReal(name) ? Optional.empty() : Optional.of(name);
    }

    /** Nothing that could be a parameter is lost: it keeps its number for a name. */
    private void keepWhatIsLeft() {
        for (TensorInfo tensor : initialisers.values()) {
            boolean isConstant = tensor.shape().stream().allMatch(size -> size == 1)
                    || (!tensor.dtype().isFloat() && tensor.shape().size() < 2);
            if (!named.contains(tensor.name()) && !isConstant) {
                name(tensor.name(), tensor.name(), false);
            }
        }
    }

    private void name(String name, String source, boolean transposed) {
        if (parameters.putIfAbsent(name, new Parameter(source, transposed)) == null) {
            named.add(source);
        }
    }

    private String initialiser(String value) {
        return aliases.getOrDefault(value, value);
    }

    static boolean isReal(String name) {
        return IDENTIFIERS.matcher(name).matches() && !NUMBERED.matcher(name).matches();
    }
}
