package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.ArtifactPath;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Artifacts in a folder, on one machine or on a file system that all machines mount:
 *
 * <pre>
 * blobs/ab/abcd…         content of files, named by sha256
 * manifests/ab/abcd….json what artifacts consist of, named by artifact id
 * trees/abcd…/           staged artifacts: hard links to blobs
 * building/…             trees that are being written
 * checkpoints/key/n/     resumable states
 * </pre>
 *
 * Every change is a rename of something complete and synced, so a killed process leaves rubbish in {@code building/} at
 * worst. Several processes may share the folder.
 */
public final class DirectoryArtifactStore implements ArtifactStore {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Path root;

    /** Opens the folder, making it when it does not exist. */
    public DirectoryArtifactStore(Path root) throws IOException {
        this.root = root.toAbsolutePath().normalize();
        for (String folder : List.of("blobs", "manifests", "trees", "building", "checkpoints")) {
            Files.createDirectories(this.root.resolve(folder));
        }
    }

    @Override
    public Manifest put(ArtifactKind kind, Path tree) throws IOException {
        List<Path> files = Trees.regularFiles(tree);
        if (files.isEmpty()) {
            throw new ArtifactException("an artifact needs at least one file");
        }
        List<FileEntry> entries = new ArrayList<>();
        for (Path file : files) {
            entries.add(takeIn(file, ArtifactPath.check(Trees.relative(tree, file))));
        }
        Manifest manifest = new Manifest(kind, entries);
        Path target = manifestPath(manifest.id());
        if (!Files.exists(target)) {
            Trees.writeAtomically(building("manifest"), target, manifest.canonicalJson());
        }
        Trees.delete(tree);
        return manifest;
    }

    private FileEntry takeIn(Path file, String path) throws IOException {
        Durable.sync(file);
        long size = Files.size(file);
        String sha256 = Sha256.of(file);
        Path blob = blobPath(sha256);
        if (Files.exists(blob)) {
            Files.delete(file);
        } else {
            Trees.makeReadOnly(file);
            Trees.moveInto(file, blob);
        }
        return new FileEntry(path, size, sha256);
    }

    @Override
    public Optional<Manifest> manifest(ArtifactId id) throws IOException {
        byte[] json;
        try {
            json = Files.readAllBytes(manifestPath(id));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!Sha256.of(json).equals(id.hex())) {
            throw new ArtifactException("manifest of " + id + " was altered: its hash differs");
        }
        return Optional.of(Manifest.parse(json));
    }

    @Override
    public Path stage(ArtifactId id) throws IOException {
        Path staged = root.resolve("trees").resolve(id.hex());
        if (Files.isDirectory(staged)) {
            return staged;
        }
        Manifest manifest = required(id);
        Path building = newTree("stage");
        try {
            for (FileEntry file : manifest.files()) {
                Path link = building.resolve(ArtifactPath.check(file.path()));
                Files.createDirectories(link.getParent());
                Trees.linkOrCopy(blobPath(file.sha256()), link);
            }
            Trees.moveFolder(building, staged);
        } catch (FileAlreadyExistsException e) {
            // another process staged the same content meanwhile
            Trees.delete(building);
        } catch (IOException e) {
            Trees.delete(building);
            throw e;
        }
        return staged;
    }

    @Override
    public InputStream open(ArtifactId id, String path, long offset, long length) throws IOException {
        FileEntry file =
                required(id).file(path).orElseThrow(() -> new NoSuchFileException(path, null, "no such file in " + id));
        return new FileSlice(blobPath(file.sha256()), offset, length);
    }

    @Override
    public Path newTree(String label) throws IOException {
        return Files.createDirectory(building(label));
    }

    /**
     * Compares every file of an artifact with its hash.
     *
     * @throws ArtifactException naming the first file that differs
     */
    public void verify(ArtifactId id) throws IOException {
        for (FileEntry file : required(id).files()) {
            if (!Sha256.of(blobPath(file.sha256())).equals(file.sha256())) {
                throw new ArtifactException(file.path(), null, "content differs from its hash");
            }
        }
    }

    @Override
    public void saveCheckpoint(String key, Path tree) throws IOException {
        Path folder = checkpoints(key);
        Files.createDirectories(folder);
        for (Path file : Trees.regularFiles(tree)) {
            Durable.sync(file);
        }
        List<Path> before = Trees.numbered(folder);
        long next = before.isEmpty() ? 1 : Trees.number(before.getLast()) + 1;
        Trees.moveFolder(tree, folder.resolve(Long.toString(next)));
        for (Path old : before) {
            Trees.delete(old);
        }
    }

    @Override
    public Optional<Path> checkpoint(String key) throws IOException {
        Path folder = checkpoints(key);
        return Files.isDirectory(folder)
                ? Optional.ofNullable(
                        Trees.numbered(folder).isEmpty()
                                ? null
                                : Trees.numbered(folder).getLast())
                : Optional.empty();
    }

    @Override
    public void removeCheckpoint(String key) throws IOException {
        Trees.delete(checkpoints(key));
    }

    private Manifest required(ArtifactId id) throws IOException {
        return manifest(id).orElseThrow(() -> new NoSuchFileException(id.toString(), null, "no such artifact"));
    }

    private Path building(String label) {
        String safe = KEY.matcher(label).matches() ? label : "tree";
        return root.resolve("building").resolve(safe + "-" + UUID.randomUUID());
    }

    private Path blobPath(String sha256) {
        return root.resolve("blobs").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    private Path manifestPath(ArtifactId id) {
        return root.resolve("manifests").resolve(id.hex().substring(0, 2)).resolve(id.hex() + ".json");
    }

    private Path checkpoints(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("checkpoint key '" + key + "': expected " + KEY);
        }
        return root.resolve("checkpoints").resolve(key);
    }
}
