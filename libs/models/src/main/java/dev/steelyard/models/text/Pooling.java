package dev.steelyard.models.text;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
    /** The first token's. */
    CLS("pooling_mode_cls_token"),
    /** The mean over all tokens. */
    MEAN("pooling_mode_mean_tokens"),
    /** The last token's. */
    LAST("pooling_mode_lasttoken");

    private static final String FILE = "1_Pooling/config.json";

    private final String flag;

    Pooling(String flag) {
        this.flag = flag;
    }

    /** By its label, such as "mean". */
    public static Pooling of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** "cls", "mean" or "last". */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What a model's folder asks for in 1_Pooling/config.json; the mean where it has no such file.
     *
     * @throws ArtifactException when it pools in another way, or in several at once
     */
    public static Pooling of(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(FILE))) {
            return MEAN;
        }
        ModelConfig config = ModelConfig.read(folder, FILE);
        boolean others = config.has(CLS.flag) || config.has(LAST.flag);
        Pooling found = null;
        for (Pooling pooling : values()) {
            boolean on = config.flag(pooling.flag, pooling == MEAN && !others);
            if (on && found != null) {
                throw config.unexpected(pooling.flag, "false beside " + found.flag);
            }
            found = on ? pooling : found;
        }
        if (found == null) {
            throw config.unexpected(MEAN.flag, "true, or another of cls and last");
        }
        return found;
    }

    /**
     * One vector a text.
     *
     * @param hidden [n, t, hidden]
     * @return [n, hidden], owned by the innermost open scope
     */
    public Tensor pool(Tensor hidden, TokenBatch batch) {
        try (var scope = TensorScope.open()) {
            return scope.keep(
                    switch (this) {
                        case CLS -> hidden.select(1, 0);
                        case MEAN -> mean(hidden, batch);
                        case LAST -> last(hidden, batch);
                    });
        }
    }

    /** Σ m h / Σ m with m = 0 at padding. */
    private static Tensor mean(Tensor hidden, TokenBatch batch) {
        Tensor lengths = Tensors.of(batch.lengths(), batch.size(), 1);
        Tensor mask =
                Tensors.of(batch.positions(), 1, batch.length()).lt(lengths).to(ScalarType.Float); // [n, t]
        Tensor sum = torch.bmm(mask.unsqueeze(1), hidden).squeeze(1); // [n, hidden]
        return sum.div(lengths.to(ScalarType.Float));
    }

    private static Tensor last(Tensor hidden, TokenBatch batch) {
        long[] rows = batch.lengths();
        for (int i = 0; i < rows.length; i++) {
            rows[i] += (long) i * batch.length() - 1;
        }
        return hidden.reshape(-1, hidden.size(2)).index_select(0, Tensors.of(rows, rows.length));
    }
}
