package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Sha256;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.TreeMap;

/**
 * Takes a tree file by file from outside: checks names and sizes, refuses pickles, hashes while it writes. Several threads
 * may write files side by side; of one path's, the file whose content ends last stays. Nothing is synced before the tree is
 * put, when all files are at once. Closing it throws away what was not put.
 */
public final class TreeWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    private final Path folder;
    private final UploadLimits limits;
    private final Sealer sealer = new Sealer();
    private final TakenNames names = new TakenNames();
    private final TreeMap<TreePath, FileEntry> entries = new TreeMap<>();
    private long bytes; // of the files and of those that are being written
    private int drafts;
    private boolean closed;

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
    public FileEntry add(String path, InputStream content) throws IOException {
        TreePath name = TreePath.parse(path);
        PickleGuard.refuseByName(name);
        Path draft = draft(name);
        FileEntry entry;
        long written = 0;
        try (OutputStream out = Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW)) {
            MessageDigest digest = Sha256.digest();
            byte[] buffer = new byte[BUFFER];
            for (int n = content.readNBytes(buffer, 0, BUFFER); n > 0; n = content.readNBytes(buffer, 0, BUFFER)) {
                reserve(name, written, n);
                written += n;
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            entry = new FileEntry(name.value(), written, Sha256.hex(digest.digest()));
            PickleGuard.refuseByContent(name, draft);
            place(name, draft, entry);
            return entry;
        } catch (IOException | RuntimeException e) {
            release(written);
            throw e;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private synchronized Path draft(TreePath path) throws IOException {
        requirePlace(path);
        drafts++;
        return folder.resolveSibling(folder.getFileName() + ".part" + drafts);
    }

    private void requirePlace(TreePath path) throws IOException {
        if (closed) {
            throw new ArtifactException(path.value(), null, "the tree it belongs to is finished");
        }
        names.require(path);
        if (entries.size() >= limits.files() && !entries.containsKey(path)) {
            throw new ArtifactException(path.value(), null, "one file more than the " + limits.files() + " allowed");
        }
    }

    /** Makes room for more bytes of a file that has some. */
    private synchronized void reserve(TreePath path, long has, int more) throws ArtifactException {
        FileEntry before = entries.get(path);
        long others = bytes - has - (before == null ? 0 : before.size());
        long limit = Math.min(limits.fileBytes(), limits.totalBytes() - others);
        if (has + more > limit) {
            throw new ArtifactException(path.value(), null, "larger than the " + limit + " bytes allowed");
        }
        bytes += more;
    }

    private synchronized void release(long size) {
        bytes -= size;
    }

    private synchronized void place(TreePath path, Path draft, FileEntry entry) throws IOException {
        requirePlace(path); // another may have come meanwhile
        Path place = path.below(folder);
        Files.createDirectories(Durable.parent(place));
        Durable.move(draft, place);
        sealer.remember(path, place, entry);
        names.add(path);
        FileEntry before = entries.put(path, entry);
        bytes -= before == null ? 0 : before.size();
    }

    /** Takes a file out again; nothing when it is not there. */
    public synchronized void remove(String path) throws IOException {
        TreePath name = TreePath.parse(path);
        FileEntry before = entries.remove(name);
        if (before != null) {
            bytes -= before.size();
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
    public synchronized void close() throws IOException {
        closed = true;
        Durable.delete(folder);
    }
}
