package dev.steelyard.incremental.bcnws;

import dev.steelyard.method.MethodException;
import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.Reparametrization;

/** A layer whose channels or weights do not allow what is wanted of it; knows which setting that is mended by. */
final class UnfitLayerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Setting setting;
    private final String detail;

    private enum Setting {
        GROUPS("/groups", "num_groups"),
        STANDARDIZATION("/wsExclude", "weight_standardization: exclude");

        private final String parameter;
        private final String field;

        /** @param field of config.json */
        Setting(String parameter, String field) {
            this.parameter = parameter;
            this.field = field;
        }
    }

    private UnfitLayerException(Setting setting, IllegalArgumentException cause) {
        super(cause);
        this.setting = setting;
        this.detail = String.valueOf(cause.getMessage());
    }

    /** The same normalization, whose refusals are of this kind. */
    static Normalization normalization(Normalization inner) {
        return (store, prefix, channels) -> {
            try {
                return inner.create(store, prefix, channels);
            } catch (IllegalArgumentException e) {
                throw new UnfitLayerException(Setting.GROUPS, e);
            }
        };
    }

    /** The same reparametrization, whose refusals are of this kind. */
    static Reparametrization form(Reparametrization inner) {
        return (store, name, initial) -> {
            try {
                return inner.create(store, name, initial);
            } catch (IllegalArgumentException e) {
                throw new UnfitLayerException(Setting.STANDARDIZATION, e);
            }
        };
    }

    /** What a user is told whose parameters the network was made by. */
    MethodException ofParameters() {
        return MethodException.parameter(setting.parameter, detail);
    }

    /** What a user is told whose config.json the network was made by. */
    MethodException ofConfig() {
        String file = NetworkConfig.FILE;
        return MethodException.file(file, "%s: %s: %s".formatted(file, setting.field, detail));
    }
}
