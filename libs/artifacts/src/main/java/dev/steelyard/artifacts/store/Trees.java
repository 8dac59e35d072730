package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.ArtifactId;
import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.TreeSet;

/** Artifacts laid out as folders. */
final class Trees {
    private final Path root;
    private final Blobs blobs;
    private final BuildingArea building;

    Trees(Path root, Blobs blobs, BuildingArea building) {
        this.root = root;
        this.blobs = blobs;
        this.building = building;
    }

    /** Lays the artifact out unless that was done before; checks that every file has the right size. */
    Path stage(ArtifactId id, Manifest manifest) throws IOException {
        Path tree = root.resolve(id.hex());
        if (!Files.isDirectory(tree)) {
            Path draft = build(manifest);
            try {
                Durable.move(draft, tree);
                Durable.sync(root);
                Durable.seal(tree); // only now: a sealed folder cannot change its parent
            } catch (IOException e) {
                Durable.delete(draft);
                if (!Files.isDirectory(tree)) {
                    throw e;
                } // else another process was faster
            }
        }
        for (FileEntry file : manifest.files()) {
            requireSize(new TreePath(file.path()).below(tree), file);
        }
        return tree;
    }

    private Path build(Manifest manifest) throws IOException {
        Path draft = building.newFolder("tree");
        TreeSet<Path> folders = new TreeSet<>(Comparator.reverseOrder());
        folders.add(draft);
        for (FileEntry file : manifest.files()) {
            requireSize(blobs.path(file), file);
            Path place = new TreePath(file.path()).below(draft);
            for (Path up = Durable.parent(place); folders.add(up); up = Durable.parent(up)) {}
            Files.createDirectories(Durable.parent(place));
            blobs.link(file, place);
        }
        Durable.sync(folders);
        for (Path folder : folders) {
            if (!folder.equals(draft)) {
                Durable.seal(folder);
            }
        }
        return draft;
    }

    private static void requireSize(Path place, FileEntry file) throws IOException {
        if (!Files.exists(place)) {
            throw new ArtifactException(file.path(), null, "bytes are missing from the store");
        }
        long found = Files.size(place);
        if (found != file.size()) {
            throw new ArtifactException(
                    file.path(), null, "damaged: expected " + file.size() + " bytes, found " + found);
        }
    }
}
