package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.TreeMap;

/**
 * Takes a tree file by file from outside: checks names and sizes, refuses pickles, hashes and syncs while it writes.
 * One file at a time; calls from several threads wait for each other. Closing it throws away what was not put.
 */
public final class TreeWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final Path folder;
    private final UploadLimits limits;
    private final Sealer sealer = new Sealer();
    private final TakenNames names = new TakenNames();
    private final TreeMap<TreePath, FileEntry> entries = new TreeMap<>();

    TreeWriter(Path folder, UploadLimits limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /**
     * Writes one file; replaces the one written under the same path before. After a failure the tree is as it was.
     *
     * @param content read to its end, not closed
     * @throws ArtifactException when the path is refused, a limit is passed or the content is a pickle
     */
    public synchronized FileEntry add(String path, InputStream content) throws IOException {
        TreePath name = TreePath.parse(path);
        names.require(name);
        FileEntry before = entries.get(name);
        if (before == null && entries.size() >= limits.files()) {
            throw new ArtifactException(path, null, "one file more than the " + limits.files() + " allowed");
        }
        long others = size() - (before == null ? 0 : before.size());
        PickleGuard.refuseByName(name);
        Path draft = folder.resolveSibling(folder.getFileName() + ".part");
        try {
            FileEntry entry = write(name, content, draft, Math.min(limits.fileBytes(), limits.totalBytes() - others));
            PickleGuard.refuseByContent(name, draft);
            Path place = name.below(folder);
            Files.createDirectories(Durable.parent(place));
            Durable.move(draft, place);
            sealer.remember(name, place, entry);
            names.add(name);
            entries.put(name, entry);
            return entry;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileEntry write(TreePath path, InputStream content, Path draft, long limit) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (FileChannel channel = Sealer.create(draft)) {
            for (int n = content.readNBytes(buffer, 0, BUFFER); n > 0; n = content.readNBytes(buffer, 0, BUFFER)) {
                size += n;
                if (size > limit) {
                    throw new ArtifactException(path.value(), null, "larger than the " + limit + " bytes allowed");
                }
                digest.update(buffer, 0, n);
                Sealer.writeAll(channel, ByteBuffer.wrap(buffer, 0, n));
            }
            channel.force(true);
        }
        return new FileEntry(path.value(), size, Sha256.hex(digest.digest()));
    }

    /** Takes a file out again; nothing when it is not there. */
    public synchronized void remove(String path) throws IOException {
        TreePath name = TreePath.parse(path);
        if (entries.remove(name) != null) {
            names.remove(name);
            sealer.forget(name);
            Files.deleteIfExists(name.below(folder));
        }
    }

    /** What was written so far, in the manifest's order. */
    public synchronized List<FileEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** Bytes of all files so far. */
    public synchronized long size() {
        return entries.values().stream().mapToLong(FileEntry::size).sum();
    }

    /** The folder written to. Files may be added, changed and removed in it until it is put. */
    public Path folder() {
        return folder;
    }

    Sealer sealer() {
        return sealer;
    }

    /** Throws away what was not put. */
    @Override
    public void close() throws IOException {
        Durable.delete(folder);
    }
}
