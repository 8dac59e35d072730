package dev.steelyard.models.text;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How the vectors of a text's tokens become one. */
public enum Pooling {
    /** The first token's. */
    CLS("pooling_mode_cls_token", "cls"),
    /** The mean over all tokens. */
    MEAN("pooling_mode_mean_tokens", "mean"),
    /** The last token's. */
    LAST("pooling_mode_lasttoken", "lasttoken");

    private static final String FILE = "1_Pooling/config.json";

    private static final String MODE = "pooling_mode";

    private final String flag;
    private final String mode;

    /**
     * @param flag of a config with a flag for each way
     * @param mode of a config that names its way
     */
    Pooling(String flag, String mode) {
        this.flag = flag;
        this.mode = mode;
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
        requireNoOther(config);
        Optional<String> mode = config.text(MODE);
        if (mode.isPresent()) {
            return Arrays.stream(values())
                    .filter(pooling -> pooling.mode.equals(mode.get()))
                    .findFirst()
                    .orElseThrow(() -> config.unexpected(MODE, "cls, mean or lasttoken"));
        }
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

    /** Refuses the flag of a way that is none of these. */
    private static void requireNoOther(ModelConfig config) throws ArtifactException {
        for (String field : config.fieldNames()) {
            boolean known = Arrays.stream(values()).anyMatch(pooling -> pooling.flag.equals(field));
            if (field.startsWith(MODE + "_") && !known && config.flag(field, false)) {
                throw config.unexpected(field, "false");
            }
        }
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
