package dev.steelyard.artifacts.onnx;

import dev.steelyard.artifacts.ArtifactException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;

/** A mapped ONNX model: its weights and operations. What weights' data gives ends with {@link #close()}. */
public final class OnnxModel implements AutoCloseable {
    private static final int MAX_ITEMS = 1_000_000;
    private static final int GRAPH = 7;
    private static final int NODE = 1;
    private static final int INITIALIZER = 5;
    private static final int SPARSE_INITIALIZER = 15;

    private final String name;
    private final Arena arena;
    private final ExternalData external;
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final List<OnnxNode> nodes = new ArrayList<>();

    private OnnxModel(Path file, Arena arena) {
        this.name = String.valueOf(file.getFileName());
        this.arena = arena;
        this.external = new ExternalData(file, arena);
    }

    /**
     * Maps a model and reads its graph.
     *
     * @throws ArtifactException when it is not one, is cut, or uses what is not supported
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the object returned
    public static OnnxModel open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            OnnxModel model = new OnnxModel(file, arena);
            model.read(new ProtoReader(model.name, all));
            return model;
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private void read(ProtoReader model) throws ArtifactException {
        boolean hasGraph = false;
        while (model.next()) {
            if (model.field() == GRAPH) {
                if (hasGraph) {
                    throw new ArtifactException(name, null, "holds two graphs");
                }
                hasGraph = true;
                readGraph(model.message());
            } else {
                model.skip();
            }
        }
        if (!hasGraph) {
            throw new ArtifactException(name, null, "not a valid ONNX model: it has no graph");
        }
        Set<String> names = new HashSet<>();
        for (OnnxTensor tensor : tensors) {
            if (!names.add(tensor.info().name())) {
                throw new ArtifactException(name, tensor.info().name(), "is there twice");
            }
        }
    }

    private void readGraph(ProtoReader graph) throws ArtifactException {
        while (graph.next()) {
            switch (graph.field()) {
                case NODE -> nodes.add(OnnxNode.read(graph.message()));
                case INITIALIZER -> tensors.add(OnnxTensor.read(name, graph.message(), external));
                case SPARSE_INITIALIZER ->
                    throw new ArtifactException(name, null, "sparse initialisers are not supported");
                default -> graph.skip();
            }
            if (nodes.size() > MAX_ITEMS || tensors.size() > MAX_ITEMS) {
                throw new ArtifactException(name, null, "more than " + MAX_ITEMS + " nodes or initialisers");
            }
        }
    }

    /** The file's name, for messages. */
    public String name() {
        return name;
    }

    /** The initialisers in the order of the file. */
    public List<OnnxTensor> tensors() {
        return Collections.unmodifiableList(tensors);
    }

    /** The operations of the main graph, each after those it depends on. */
    public List<OnnxNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** Files beside the model that weights were read from so far, relative to its folder. */
    public SortedSet<String> externalFiles() {
        return external.files();
    }

    @Override
    public void close() {
        arena.close();
    }
}
