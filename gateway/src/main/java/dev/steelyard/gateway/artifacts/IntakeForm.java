package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.gguf.WeightType;
import dev.steelyard.gateway.problems.ProblemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What files are to become.
 *
 * @param weights type that a GGUF file's weights are to have, where the caller says
 */
record IntakeForm(ArtifactKind kind, Optional<WeightType> weights) {

    /** @throws ProblemException naming the field that is missing or out of place */
    static IntakeForm parse(@Nullable String kind, @Nullable String weights) {
        try {
            ArtifactKind parsed = ArtifactKind.parse(kind == null ? "" : kind);
            return new IntakeForm(parsed, Optional.ofNullable(weights).map(IntakeForm::type));
        } catch (IllegalArgumentException e) {
            throw ProblemException.field("/kind", String.valueOf(e.getMessage()));
        }
    }

    private static WeightType type(String wire) {
        try {
            return WeightType.parse(wire);
        } catch (IllegalArgumentException e) {
            throw ProblemException.field("/weights", String.valueOf(e.getMessage()));
        }
    }
}
