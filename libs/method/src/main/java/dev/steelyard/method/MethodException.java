package dev.steelyard.method;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure the user can mend: wrong parameters or unusable input. Carries where to look; its message is one line
 * that names what, where and how to fix it.
 */
public final class MethodException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final @Nullable String field;
    private final @Nullable String file;
    private final @Nullable String tensor;
    private transient @Nullable Path place;

    private MethodException(
            String code, String detail, @Nullable String field, @Nullable String file, @Nullable String tensor) {
        super(detail);
        this.code = code;
        this.field = field;
        this.file = file;
        this.tensor = tensor;
    }

    /** A parameter out of place. {@code field} is a JSON pointer into the parameters, such as "/bits". */
    public static MethodException parameter(String field, String detail) {
        return new MethodException("invalid-parameter", detail, field, null, null);
    }

    /** An input as a whole is not what the method takes. */
    public static MethodException input(String detail) {
        return new MethodException("bad-input", detail, null, null, null);
    }

    /** A file of an input, named relative to the input's root, is unusable. */
    public static MethodException file(String file, String detail) {
        return new MethodException("bad-input", detail, null, file, null);
    }

    /** A tensor of a file is unusable. */
    public static MethodException tensor(String file, String tensor, String detail) {
        return new MethodException("bad-input", detail, null, file, tensor);
    }

    public String code() {
        return code;
    }

    public Optional<String> field() {
        return Optional.ofNullable(field);
    }

    public Optional<String> file() {
        return Optional.ofNullable(file);
    }

    public Optional<String> tensor() {
        return Optional.ofNullable(tensor);
    }

    /**
     * Says what was read, where that is an input or a part of one: the job's problem then begins with the input's name.
     *
     * @param read the folder or file
     * @return this
     */
    public MethodException in(Path read) {
        place = read;
        return this;
    }

    /** The folder or file that was read, if it is known. */
    public Optional<Path> place() {
        return Optional.ofNullable(place);
    }
}
