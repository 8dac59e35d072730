package dev.steelyard.worker.job;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.store.ArtifactStore;
import dev.steelyard.method.JobContext.CheckpointWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders of one run: outputs that are being written, scratch, checkpoints. All but what was put into the store is
 * removed when the run is over, however it ends.
 */
final class JobFiles {
    private static final Logger log = LoggerFactory.getLogger(JobFiles.class);

    private final ArtifactStore store;
    private final String jobId;
    private final int dispatch;
    private final long minFree;
    private final Map<String, Path> outputs = new HashMap<>();
    private final List<Path> folders = new ArrayList<>();
    private @Nullable Path scratch;
    private boolean disposed;

    /**
     * Nothing is made yet.
     *
     * @param dispatch which of the job's
     * @param minFree bytes of the file system that jobs must leave free
     */
    JobFiles(ArtifactStore store, String jobId, int dispatch, long minFree) {
        this.store = store;
        this.jobId = jobId;
        this.dispatch = dispatch;
        this.minFree = minFree;
    }

    synchronized Path output(String name) throws IOException {
        Path known = outputs.get(name);
        if (known != null) {
            return known;
        }
        Path made = make();
        outputs.put(name, made);
        return made;
    }

    synchronized Path scratch() throws IOException {
        Path made = scratch == null ? make() : scratch;
        scratch = made;
        return made;
    }

    void requireDisk(long bytes) throws IOException {
        long free = Files.getFileStore(scratch()).getUsableSpace();
        if (free - minFree < bytes) {
            throw new DiskFullException(bytes, free, minFree);
        }
    }

    /** Moves an output into the store; empty when it was never asked for. */
    synchronized Optional<Manifest> put(String name, ArtifactKind kind) throws IOException {
        Path tree = outputs.get(name);
        return tree == null ? Optional.empty() : Optional.of(store.put(kind, tree));
    }

    void checkpoint(CheckpointWriter writer) throws IOException {
        Path tree = make();
        writer.write(tree);
        synchronized (this) {
            checkOpen();
            store.saveCheckpoint(jobId, dispatch, tree);
            folders.remove(tree);
        }
    }

    Optional<Path> restore() throws IOException {
        return store.checkpoint(jobId, dispatch);
    }

    /** Removes all folders and makes no more. May be called again. */
    synchronized void dispose() {
        disposed = true;
        for (Path folder : folders) {
            try {
                Folders.delete(folder);
            } catch (IOException e) {
                log.warn("job {}: {} stays behind: {}", jobId, folder, e.toString());
            }
        }
    }

    private synchronized Path make() throws IOException {
        checkOpen();
        Path made = store.newTree(jobId);
        folders.add(made);
        return made;
    }

    private void checkOpen() {
        if (disposed) {
            throw new IllegalStateException("the run is over");
        }
    }
}
