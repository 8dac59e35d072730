package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Files beside a model that hold its weights (onnx/docs/ExternalData.md). They must lie in or below its folder. */
final class ExternalData {
    /**
     * Where a tensor's bytes are.
     *
     * @param file relative to the model's folder
     * @param offset first byte
     * @param length bytes; negative: to the end of the file
     */
    record Location(String file, long offset, long length) {
        static final Location NOWHERE = new Location("", 0, -1);

        /** Reads one key and value. */
        Location with(ProtoReader entry) throws ArtifactException {
            String key = "";
            String value = "";
            while (entry.next()) {
                switch (entry.field()) {
                    case 1 -> key = entry.text();
                    case 2 -> value = entry.text();
                    default -> entry.skip();
                }
            }
            return switch (key) {
                case "location" -> new Location(value, offset, length);
                case "offset" -> new Location(file, number(value), length);
                case "length" -> new Location(file, offset, number(value));
                default -> this;
            };
        }

        private static long number(String value) throws ArtifactException {
            try {
                return Long.parseUnsignedLong(value) & Long.MAX_VALUE;
            } catch (NumberFormatException e) {
                throw new ArtifactException("external data at '" + value + "', which is no number");
            }
        }
    }

    private final String model;
    private final Path folder;
    private final Arena arena;
    private final Map<String, MemorySegment> mapped = new TreeMap<>();

    ExternalData(Path model, Arena arena) {
        this.model = String.valueOf(model.getFileName());
        this.folder = model.toAbsolutePath().resolveSibling("");
        this.arena = arena;
    }

    OnnxTensor.Source source(String tensor, Location location) {
        return () -> {
            MemorySegment file = map(tensor, location.file());
            long length = location.length() < 0 ? file.byteSize() - location.offset() : location.length();
            if (location.offset() > file.byteSize() || length > file.byteSize() - location.offset()) {
                throw new ArtifactException(
                        model,
                        tensor,
                        "lies at byte " + location.offset() + " and takes " + length + ", but " + location.file()
                                + " has " + file.byteSize() + ": truncated?");
            }
            return file.asSlice(location.offset(), length);
        };
    }

    /** The files opened so far. */
    SortedSet<String> files() {
        return new TreeSet<>(mapped.keySet());
    }

    private synchronized MemorySegment map(String tensor, String name) throws IOException {
        MemorySegment known = mapped.get(name);
        if (known != null) {
            return known;
        }
        Path file = TreePath.parse(name).below(folder);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ArtifactException(model, tensor, "lies in " + name + ", which is not beside the model");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            MemorySegment segment = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            mapped.put(name, segment);
            return segment;
        }
    }
}
