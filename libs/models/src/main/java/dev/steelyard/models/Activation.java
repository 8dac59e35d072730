package dev.steelyard.models;

import dev.steelyard.artifacts.ArtifactException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The nonlinearity of a feed-forward layer, by its names in a config.json. */
public enum Activation {
    /** x Φ(x), Φ the normal distribution function. */
    GELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x);
        }
    },
    /** GELU by its tanh approximation. */
    GELU_TANH {
        @Override
        public Tensor apply(Tensor x) {
            return torch.gelu(x, "tanh");
        }
    },
    RELU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.relu(x);
        }
    },
    /** x σ(x). */
    SILU {
        @Override
        public Tensor apply(Tensor x) {
            return torch.silu(x);
        }
    };

    /** Element by element, to a new tensor of the same shape. */
    public abstract Tensor apply(Tensor x);

    /** @throws ArtifactException when the field names an activation that is not known */
    public static Activation read(ModelConfig config, String field, Activation fallback) throws ArtifactException {
        var name = config.text(field);
        if (name.isEmpty()) {
            return fallback;
        }
        return switch (name.get()) {
            case "gelu" -> GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> GELU_TANH;
            case "relu" -> RELU;
            case "silu", "swish" -> SILU;
            default -> throw config.unexpected(field, "gelu, gelu_new, relu or silu");
        };
    }
}
