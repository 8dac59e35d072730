package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.TreePath;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Finds the files of a tree and refuses what an artifact cannot hold. Follows no link. */
final class TreeScan extends SimpleFileVisitor<Path> {
    private final Path root;
    private final TreeMap<TreePath, Path> files = new TreeMap<>();
    private final TakenNames names = new TakenNames();

    private TreeScan(Path root) {
        this.root = root;
    }

    /**
     * Files by path, in the manifest's order.
     *
     * @throws ArtifactException when the tree holds a link, a device, a refused name, two names that differ in letter
     *     case only, no file or too many
     */
    static SequencedMap<TreePath, Path> of(Path root) throws IOException {
        TreeScan scan = new TreeScan(root);
        Files.walkFileTree(root, scan);
        if (scan.files.isEmpty()) {
            throw new ArtifactException("the tree holds no file");
        }
        return scan.files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        TreePath path = TreePath.parse(root.relativize(file).toString().replace(File.separatorChar, '/'));
        if (!attributes.isRegularFile()) {
            throw new ArtifactException(path + ": is a " + (attributes.isSymbolicLink() ? "link" : "special file")
                    + "; an artifact holds plain files only");
        }
        names.require(path);
        names.add(path);
        files.put(path, file);
        if (files.size() > Manifest.MAX_FILES) {
            throw new ArtifactException("the tree holds more than " + Manifest.MAX_FILES + " files");
        }
        return FileVisitResult.CONTINUE;
    }
}
