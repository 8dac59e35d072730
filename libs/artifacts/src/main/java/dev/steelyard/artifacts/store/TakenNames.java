package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.artifacts.TreePath;
import java.util.Map;
import java.util.TreeMap;

/** The files of a tree that is being made, in which no two may be one on any file system. */
final class TakenNames {
    private final TreeMap<String, TreePath> byKey = new TreeMap<>();

    /**
     * Checks that a file can stand beside those there are; that it is one of them is fine.
     *
     * @throws ArtifactException naming the file it collides with
     */
    void require(TreePath path) throws ArtifactException {
        String key = path.collisionKey();
        TreePath same = byKey.get(key);
        if (same != null && !same.equals(path)) {
            throw new ArtifactException(path.value(), null, "differs from " + same + " in letter case only");
        }
        for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            TreePath above = byKey.get(key.substring(0, slash));
            if (above != null) {
                throw new ArtifactException(path.value(), null, "is below " + above + ", which is a file");
            }
        }
        Map.Entry<String, TreePath> below = byKey.ceilingEntry(key + "/");
        if (below != null && below.getKey().startsWith(key + "/")) {
            throw new ArtifactException(path.value(), null, "is the folder of " + below.getValue());
        }
    }

    void add(TreePath path) {
        byKey.put(path.collisionKey(), path);
    }

    void remove(TreePath path) {
        byKey.remove(path.collisionKey());
    }
}
