package dev.steelyard.artifacts.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Resumable states. A state is a folder of its own below {@code <key>/}; a small file names the newest, and replacing
 * that file is what makes a save atomic. The state before stays until the next save, for whoever still reads it.
 * Another small file holds the highest dispatch of the job that saved or restored a state: an attempt of an earlier
 * one, which may end at any time, shall not take it away.
 */
final class Checkpoints {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,200}");
    private static final String NEWEST = "newest";
    private static final String DISPATCH = "dispatch";

    private final Path root;
    private final BuildingArea building;

    Checkpoints(Path root, BuildingArea building) {
        this.root = root;
        this.building = building;
    }

    void save(String key, int dispatch, Path tree) throws IOException {
        Path folder = folder(key);
        sealAndSync(tree);
        Optional<Path> before = newest(folder);
        Files.createDirectories(folder);
        claim(folder, dispatch);
        Path state = folder.resolve(UUID.randomUUID().toString());
        Durable.move(tree, state);
        Durable.sync(folder);
        Durable.sync(root);
        byte[] name = state.getFileName().toString().getBytes(StandardCharsets.UTF_8);
        Durable.write(building.newPath(NEWEST), folder.resolve(NEWEST), name);
        try (DirectoryStream<Path> states = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path old : states) {
                if (!old.equals(state) && !before.filter(old::equals).isPresent()) {
                    Durable.delete(old);
                }
            }
        }
    }

    /** The newest state, which from now on is that dispatch's to remove. */
    Optional<Path> restore(String key, int dispatch) throws IOException {
        Path folder = folder(key);
        try {
            claim(folder, dispatch);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return newest(folder);
    }

    /** Removes what that dispatch, or an earlier one, saved or restored last. */
    void remove(String key, int dispatch) throws IOException {
        Path folder = folder(key);
        if (owner(folder) <= dispatch) {
            drop(folder);
        }
    }

    /** Also makes the folder young, so that no sweep takes it. */
    private void claim(Path folder, int dispatch) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
        if (owner(folder) < dispatch) {
            byte[] number = Integer.toString(dispatch).getBytes(StandardCharsets.UTF_8);
            Durable.write(building.newPath(DISPATCH), folder.resolve(DISPATCH), number);
        }
    }

    /** 0 where there is none: the state is older than the file, or there is no state. */
    private static int owner(Path folder) throws IOException {
        try {
            return Integer.parseInt(Files.readString(folder.resolve(DISPATCH)));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static Optional<Path> newest(Path folder) throws IOException {
        try {
            Path state = folder.resolve(Files.readString(folder.resolve(NEWEST)));
            return Files.isDirectory(state) ? Optional.of(state) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Takes the folder away as a whole: whoever saves meanwhile begins a new one, of which nothing is deleted. */
    private boolean drop(Path folder) throws IOException {
        Path away = building.newPath("dropped");
        try {
            Durable.move(folder, away);
        } catch (NoSuchFileException e) {
            return false; // somebody else did
        }
        Durable.delete(away);
        return true;
    }

    /** Removes states that nobody saved or restored for so long; returns how many. */
    int sweep(Duration olderThan) throws IOException {
        Instant limit = Instant.now().minus(olderThan);
        int swept = 0;
        for (Path folder : untouchedSince(limit)) {
            if (isUntouchedSince(limit, folder) && drop(folder)) { // the removal of those before may have taken long
                swept++;
            }
        }
        return swept;
    }

    /** What else lies there, like {@code lost+found}, is no state. */
    private List<Path> untouchedSince(Instant limit) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path folder : keys) {
                if (KEY.matcher(folder.getFileName().toString()).matches() && isUntouchedSince(limit, folder)) {
                    found.add(folder);
                }
            }
        }
        return found;
    }

    private static boolean isUntouchedSince(Instant limit, Path folder) throws IOException {
        try {
            return Files.getLastModifiedTime(folder).toInstant().isBefore(limit);
        } catch (NoSuchFileException e) {
            return false; // the job ended meanwhile
        }
    }

    private Path folder(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("checkpoint key '" + key + "': expected " + KEY);
        }
        return root.resolve(key);
    }

    private static void sealAndSync(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> walked = Files.walk(tree)) {
            all = walked.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : all) {
            if (!Files.isDirectory(path)) {
                Durable.seal(path);
            }
        }
        Durable.sync(all);
    }
}
