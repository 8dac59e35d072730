package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.method.MethodException;
import dev.steelyard.models.LinearWeight;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which linear layers of a checkpoint to quantize. */
public final class ModuleSelection {
    private final List<String> targetGlobs;
    private final List<Pattern> targets;
    private final List<Pattern> ignore;

    /**
     * @param targets globs over module names, '*' for any characters; a module must match one
     * @param ignore globs; a module must match none
     */
    public ModuleSelection(List<String> targets, List<String> ignore) {
        this.targetGlobs = List.copyOf(targets);
        this.targets = targets.stream().map(ModuleSelection::glob).toList();
        this.ignore = ignore.stream().map(ModuleSelection::glob).toList();
    }

    boolean takes(LinearWeight weight) {
        String module = module(weight.name());
        return weight.elements() > 0
                && Matrix.isQuantizable(weight.dtype())
                && targets.stream().anyMatch(p -> p.matcher(module).matches())
                && ignore.stream().noneMatch(p -> p.matcher(module).matches());
    }

    MethodException nothingTaken() {
        return MethodException.parameter(
                "/targets",
                "targets: no linear layer matches %s; modules are named as in the checkpoint, without '.weight'"
                        .formatted(targetGlobs));
    }

    static String module(String weight) {
        return weight.substring(0, weight.length() - Matrix.SUFFIX.length());
    }

    private static Pattern glob(String glob) {
        String regex = glob.chars()
                .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
        return Pattern.compile(regex, Pattern.DOTALL);
    }
}
