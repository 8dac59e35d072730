package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A weight of a model. Its bytes are a view of the mapped file wherever the file holds them as they are. */
public final class OnnxTensor {
    /** Where the bytes are. */
    @FunctionalInterface
    interface Source {
        /** Little-endian, row-major. */
        MemorySegment open() throws IOException;
    }

    private static final int RAW = 9;
    private static final int EXTERNAL = 13;

    private final String file;
    private final TensorInfo info;
    private final Source source;

    private OnnxTensor(String file, TensorInfo info, Source source) {
        this.file = file;
        this.info = info;
        this.source = source;
    }

    static OnnxTensor read(String file, ProtoReader message, ExternalData external) throws ArtifactException {
        List<Long> dims = new ArrayList<>();
        String name = "";
        int type = 0;
        boolean isExternal = false;
        ExternalData.Location location = ExternalData.Location.NOWHERE;
        TypedData typed = new TypedData(file);
        Source source = typed;
        while (message.next()) {
            switch (message.field()) {
                case 1 -> typed.readNumbers(message, dims::add);
                case 2 -> type = Math.toIntExact(message.number() & Integer.MAX_VALUE);
                case 3 -> throw new ArtifactException(file, name, "comes in segments, which is not supported");
                case 4, 5, 7, 10, 11 -> typed.add(message);
                case 8 -> name = message.text();
                case RAW -> {
                    MemorySegment raw = message.bytes();
                    source = () -> raw;
                }
                case EXTERNAL -> location = location.with(message.message());
                case 14 -> isExternal = message.number() == 1;
                default -> message.skip();
            }
        }
        DType dtype = dtype(file, name, type);
        if (isExternal) {
            source = external.source(name, location);
        }
        typed.describe(name, dtype);
        if (dims.stream().anyMatch(size -> size < 0)) {
            throw new ArtifactException(file, name, "negative size in " + dims);
        }
        return new OnnxTensor(file, new TensorInfo(name, dtype, dims), source);
    }

    public TensorInfo info() {
        return info;
    }

    /**
     * The bytes, little-endian, row-major.
     *
     * @throws ArtifactException when there are more or fewer than type and shape ask for
     */
    public MemorySegment data() throws IOException {
        MemorySegment data = source.open();
        long expected;
        try {
            expected = info.byteSize();
        } catch (ArithmeticException e) {
            throw new ArtifactException(file, info.name(), "shape " + info.shapeText() + " is too large");
        }
        if (data.byteSize() != expected) {
            throw new ArtifactException(
                    file,
                    info.name(),
                    info.dtype() + " " + info.shapeText() + " takes " + expected + " bytes, found " + data.byteSize());
        }
        return data;
    }

    /** TensorProto.DataType. */
    private static DType dtype(String file, String name, int type) throws ArtifactException {
        return switch (type) {
            case 1 -> DType.F32;
            case 2 -> DType.U8;
            case 3 -> DType.I8;
            case 4 -> DType.U16;
            case 5 -> DType.I16;
            case 6 -> DType.I32;
            case 7 -> DType.I64;
            case 9 -> DType.BOOL;
            case 10 -> DType.F16;
            case 11 -> DType.F64;
            case 12 -> DType.U32;
            case 13 -> DType.U64;
            case 14 -> DType.C64;
            case 16 -> DType.BF16;
            case 17 -> DType.F8_E4M3;
            case 19 -> DType.F8_E5M2;
            default -> throw new ArtifactException(file, name, "element type " + type + " is not supported");
        };
    }
}
