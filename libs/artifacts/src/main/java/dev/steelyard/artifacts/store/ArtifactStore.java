package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Keeps artifacts by content. What is put is durable (synced) and immutable; putting the same content again is a
 * no-op that gives the same id. Shared by the gateway and all workers.
 */
public interface ArtifactStore {

    /**
     * Takes a finished tree of files: hashes each, moves it in and writes the manifest last. {@code tree} is consumed.
     * On failure nothing of it can be seen under an id, and the tree is as it was, or gone where the disk does not allow
     * that.
     *
     * @throws dev.steelyard.artifacts.ArtifactException when the tree holds a link, a device, a name that is not
     *     allowed or no file at all
     */
    Manifest put(ArtifactKind kind, Path tree) throws IOException;

    /** Takes what was written through {@code tree}, without reading again what was hashed on its way in. Closes it. */
    Manifest put(ArtifactKind kind, TreeWriter tree) throws IOException;

    /** The manifest, checked against its id; empty when the store does not hold it. */
    Optional<Manifest> manifest(ArtifactId id) throws IOException;

    /**
     * Makes the artifact readable as a folder on this machine. The folder is shared and must not be written to.
     *
     * @throws java.nio.file.NoSuchFileException when the store does not hold it
     */
    Path stage(ArtifactId id) throws IOException;

    /**
     * Bytes of one file.
     *
     * @param file from an artifact's manifest
     * @param offset first byte, 0 to the file's size
     * @param length bytes to read at most
     * @throws java.nio.file.NoSuchFileException when the store does not hold its bytes
     */
    InputStream open(FileEntry file, long offset, long length) throws IOException;

    /**
     * An empty folder on the store's own file system to build a tree in, so that {@link #put} can move instead of
     * copy. The caller removes it when it is not put.
     */
    Path newTree(String label) throws IOException;

    /** Begins a tree that is written file by file from outside, guarded and hashed on its way in. */
    TreeWriter newTreeWriter(String label, UploadLimits limits) throws IOException;

    /**
     * Saves a resumable state under a key, replacing the one before; atomic.
     *
     * @param key letters, digits, '-' and '_'
     * @param dispatch of the job that saves it, from 1
     * @param tree a folder from {@link #newTree}; consumed
     */
    void saveCheckpoint(String key, int dispatch, Path tree) throws IOException;

    /**
     * Folder with the newest state saved under the key, read-only.
     *
     * @param dispatch of the job that goes on from it; attempts of earlier ones cannot remove it any more
     */
    Optional<Path> checkpoint(String key, int dispatch) throws IOException;

    /**
     * Forgets the state saved under the key, if any. A state that a later dispatch saved or restored stays.
     *
     * @param dispatch of the job that has no more use for it
     */
    void removeCheckpoint(String key, int dispatch) throws IOException;
}
