package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A store in a folder that several processes may share, also over a network file system.
 *
 * <pre>
 * blobs/ab/abcd…            bytes of files by sha256, read-only
 * manifests/12/1234….json   written last: an artifact is there when its manifest is
 * trees/1234…/              what {@link #stage} gives: hard links to blobs
 * building/                 what is not yet part of the store, one folder per living process
 * checkpoints/key/          resumable states
 * </pre>
 *
 * <p>Every file is synced before it is moved to its place and every move is atomic, so neither a killed process nor
 * a power cut leaves half an artifact. Safe for use by many threads.
 */
public final class DirectoryArtifactStore implements ArtifactStore, AutoCloseable {
    private final Path root;
    private final Blobs blobs;
    private final Trees trees;
    private final Checkpoints checkpoints;
    private final BuildingArea building;

    /**
     * Opens the store, making its folders when they are not there.
     *
     * @throws IOException when the folder cannot be written to
     */
    public DirectoryArtifactStore(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        for (String folder : List.of("blobs", "manifests", "trees", "checkpoints", "building")) {
            Files.createDirectories(this.root.resolve(folder));
        }
        building = BuildingArea.open(this.root.resolve("building"));
        blobs = new Blobs(this.root.resolve("blobs"));
        trees = new Trees(this.root.resolve("trees"), blobs, building);
        checkpoints = new Checkpoints(this.root.resolve("checkpoints"), building);
    }

    @Override
    public Manifest put(ArtifactKind kind, Path tree) throws IOException {
        return put(kind, tree, new Sealer());
    }

    @Override
    public Manifest put(ArtifactKind kind, TreeWriter tree) throws IOException {
        Manifest manifest = put(kind, tree.folder(), tree.sealer());
        tree.close();
        return manifest;
    }

    private Manifest put(ArtifactKind kind, Path tree, Sealer sealer) throws IOException {
        SequencedMap<TreePath, Path> files = TreeScan.of(tree);
        boolean near = tree.toAbsolutePath().normalize().startsWith(root); // else it may be on another file system
        Map<FileEntry, Path> sealed = new LinkedHashMap<>();
        for (Map.Entry<TreePath, Path> file : files.entrySet()) {
            Path place = near ? file.getValue() : Files.copy(file.getValue(), building.newPath("file"));
            sealed.put(sealer.seal(file.getKey(), place), place);
        }
        Durable.sync(sealed.values());
        Manifest manifest = new Manifest(kind, List.copyOf(sealed.keySet()));
        try {
            for (Map.Entry<FileEntry, Path> file : sealed.entrySet()) {
                blobs.take(file.getKey(), file.getValue());
            }
            blobs.sync(manifest.files());
            publish(manifest);
        } catch (IOException | RuntimeException e) {
            if (near) {
                restore(tree, sealed, e);
            }
            throw e;
        }
        Durable.delete(tree);
        return manifest;
    }

    /** Gives a tree back the files that were taken from it, so that it can be put again; or else takes it away whole. */
    private void restore(Path tree, Map<FileEntry, Path> files, Exception failure) throws IOException {
        try {
            for (Map.Entry<FileEntry, Path> file : files.entrySet()) {
                if (!Files.exists(file.getValue())) {
                    blobs.link(file.getKey(), file.getValue());
                }
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
            Durable.delete(tree);
        }
    }

    private void publish(Manifest manifest) throws IOException {
        Path file = manifestFile(manifest.id());
        Path folder = Durable.parent(file);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Durable.sync(Durable.parent(folder));
        }
        if (Files.exists(file)) {
            Durable.sync(folder);
        } else {
            Durable.write(building.newPath("manifest"), file, manifest.canonicalJson());
        }
    }

    @Override
    public Optional<Manifest> manifest(ArtifactId id) throws IOException {
        byte[] json;
        try {
            json = Files.readAllBytes(manifestFile(id));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!Sha256.of(json).equals(id.hex())) {
            throw new ArtifactException(id + ": the stored manifest is damaged");
        }
        return Optional.of(Manifest.parse(json));
    }

    @Override
    public Path stage(ArtifactId id) throws IOException {
        return trees.stage(id, require(id));
    }

    @Override
    public InputStream open(FileEntry file, long offset, long length) throws IOException {
        if (offset < 0 || offset > file.size() || length < 0) {
            throw new IllegalArgumentException(
                    file.path() + ": range of " + length + " bytes from " + offset + " in a file of " + file.size());
        }
        return new FileSlice(blobs.path(file), offset, length);
    }

    /**
     * Reads every byte of an artifact again.
     *
     * @throws NoSuchFileException when the store does not hold it
     * @throws ArtifactException naming the first file that is not what the manifest says
     */
    public void verify(ArtifactId id) throws IOException {
        for (FileEntry file : require(id).files()) {
            if (!blobs.holds(file)) {
                throw new ArtifactException(file.path(), null, "bytes are missing from the store");
            }
            String found = Sha256.of(blobs.path(file));
            if (!found.equals(file.sha256())) {
                throw new ArtifactException(
                        file.path(), null, "damaged: expected sha256 " + file.sha256() + ", found " + found);
            }
        }
    }

    @Override
    public Path newTree(String label) throws IOException {
        return building.newFolder(label);
    }

    @Override
    public TreeWriter newTreeWriter(String label, UploadLimits limits) throws IOException {
        return new TreeWriter(building.newFolder(label), limits);
    }

    @Override
    public void saveCheckpoint(String key, int dispatch, Path tree) throws IOException {
        checkpoints.save(key, dispatch, tree);
    }

    @Override
    public Optional<Path> checkpoint(String key, int dispatch) throws IOException {
        return checkpoints.restore(key, dispatch);
    }

    @Override
    public void removeCheckpoint(String key, int dispatch) throws IOException {
        checkpoints.remove(key, dispatch);
    }

    /**
     * Removes what dead processes left half built and nobody has touched for a while. The work of living processes
     * is never touched, however old.
     *
     * @param olderThan an hour is plenty; it only matters on file systems without working locks
     * @return number of dead processes cleaned up after
     */
    public int sweep(Duration olderThan) throws IOException {
        return building.sweep(olderThan);
    }

    /**
     * Removes the states of jobs that nobody saved or went on from for so long.
     *
     * @return number of states removed
     */
    public int sweepCheckpoints(Duration olderThan) throws IOException {
        return checkpoints.sweep(olderThan);
    }

    /** Removes this process's unfinished trees. */
    @Override
    public void close() throws IOException {
        building.close();
    }

    private Manifest require(ArtifactId id) throws IOException {
        return manifest(id).orElseThrow(() -> new NoSuchFileException(id.toString()));
    }

    private Path manifestFile(ArtifactId id) {
        return root.resolve("manifests").resolve(id.hex().substring(0, 2)).resolve(id.hex() + ".json");
    }
}
