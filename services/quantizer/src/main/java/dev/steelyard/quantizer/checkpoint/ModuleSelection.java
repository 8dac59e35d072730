package dev.steelyard.quantizer.checkpoint;

import dev.steelyard.method.MethodException;
import dev.steelyard.models.LinearWeight;
import dev.steelyard.models.NamePattern;
import java.util.List;

/** Which linear layers of a checkpoint to quantize. */
public final class ModuleSelection {
    private final List<String> targets;
    private final List<String> ignore;

    /**
     * @param targets globs over module names, '*' for any characters; a module must match one
     * @param ignore globs; a module must match none
     */
    public ModuleSelection(List<String> targets, List<String> ignore) {
        this.targets = List.copyOf(targets);
        this.ignore = List.copyOf(ignore);
    }

    boolean takes(LinearWeight weight) {
        String module = module(weight.name());
        return weight.elements() > 0
                && Matrix.isQuantizable(weight.dtype())
                && NamePattern.anyFits(targets, module)
                && !NamePattern.anyFits(ignore, module);
    }

    MethodException nothingTaken() {
        return MethodException.parameter(
                "/targets",
                "targets: no linear layer matches %s; modules are named as in the checkpoint, without '.weight'"
                        .formatted(targets));
    }

    static String module(String weight) {
        return weight.substring(0, weight.length() - Matrix.SUFFIX.length());
    }
}
