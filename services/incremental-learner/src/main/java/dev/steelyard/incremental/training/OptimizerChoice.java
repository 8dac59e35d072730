package dev.steelyard.incremental.training;

import dev.steelyard.tensor.train.Adam;
import dev.steelyard.tensor.train.AdamMoments;
import dev.steelyard.tensor.train.AdamP;
import dev.steelyard.tensor.train.Decay;
import dev.steelyard.tensor.train.Momentum;
import dev.steelyard.tensor.train.Optimizer;
import dev.steelyard.tensor.train.ParameterGroup;
import dev.steelyard.tensor.train.Projection;
import dev.steelyard.tensor.train.Sgd;
import dev.steelyard.tensor.train.SgdP;
import java.util.List;
import java.util.Locale;

/**
 * An optimizer by name with all its settings.
 *
 * @param momentum of SGD and SGDP
 * @param projection of AdamP and SGDP
 */
public record OptimizerChoice(Name name, AdamMoments moments, Momentum momentum, Projection projection) {

    /** The optimizers a training method offers. */
    public enum Name {
        ADAMP,
        SGDP,
        ADAM,
        ADAMW,
        SGD;

        /** By its label, such as "adamp". */
        public static Name of(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether updates are projected. */
        public boolean projects() {
            return this == ADAMP || this == SGDP;
        }

        /** The same rule without projection. */
        public Name unprojected() {
            return switch (this) {
                case ADAMP -> ADAMW;
                case SGDP -> SGD;
                default -> this;
            };
        }
    }

    public Optimizer create(List<ParameterGroup> groups) {
        return switch (name) {
            case ADAMP -> new AdamP(groups, moments, projection);
            case SGDP -> new SgdP(groups, momentum, projection);
            case ADAM -> new Adam(groups, moments, Decay.COUPLED);
            case ADAMW -> new Adam(groups, moments, Decay.DECOUPLED);
            case SGD -> new Sgd(groups, momentum, Decay.COUPLED);
        };
    }

    public OptimizerChoice named(Name other) {
        return new OptimizerChoice(other, moments, momentum, projection);
    }
}
