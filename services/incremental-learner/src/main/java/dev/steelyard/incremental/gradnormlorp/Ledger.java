package dev.steelyard.incremental.gradnormlorp;

import dev.steelyard.tensor.train.GradNormLoRP;
import dev.steelyard.tensor.train.Optimizer;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bytes of an optimizer's state.
 *
 * @param moments of targets, or of what is trained in their place
 * @param projectors of targets
 * @param magnitudes moments of targets' row norms
 * @param rest moments of all other parameters
 * @param adamTargets what AdamW in single precision keeps for the targets
 * @param adamRest the same for all other parameters
 */
record Ledger(long moments, long projectors, long magnitudes, long rest, long adamTargets, long adamRest) {
    private static final int ADAM = 8; // bytes a parameter

    static Ledger of(GradNormLoRP optimizer, long targetElements, long otherElements) {
        var kept = optimizer.ledger();
        return new Ledger(
                kept.moments(),
                kept.projectors(),
                kept.magnitudes(),
                kept.rest(),
                ADAM * targetElements,
                ADAM * otherElements);
    }

    /** Of an optimizer that keeps moments alone. */
    static Ledger of(Optimizer optimizer, List<String> ofTargets, long targetElements, long otherElements) {
        long moments = 0;
        for (Map.Entry<String, Tensor> entry : optimizer.state().entrySet()) {
            String name = entry.getKey();
            boolean counter = name.endsWith(".step");
            if (!counter && ofTargets.contains(name.substring(0, name.lastIndexOf('.')))) {
                moments += entry.getValue().nbytes();
            }
        }
        return new Ledger(moments, 0, 0, optimizer.stateBytes() - moments, ADAM * targetElements, ADAM * otherElements);
    }

    long targets() {
        return moments + projectors + magnitudes;
    }

    /** Of what AdamW keeps for the targets. */
    double ofAdamTargets() {
        return (double) targets() / adamTargets;
    }

    /** Of what AdamW keeps for the whole model. */
    double ofAdam() {
        return (double) (targets() + rest) / (adamTargets + adamRest);
    }

    void write(ObjectNode into) {
        into.put("moments", moments);
        into.put("projectors", projectors);
        into.put("magnitudes", magnitudes);
        into.put("rest", rest);
        into.put("targets", targets());
        into.put("adamWOfTargets", adamTargets);
        into.put("adamWOfRest", adamRest);
        into.put("targetsOfAdamW", ofAdamTargets());
        into.put("allOfAdamW", ofAdam());
    }
}
