package dev.steelyard.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a proof's platform keeps everything until it is closed; only its logs are kept longer. */
record DataFolder(Path root, Path logs) implements AutoCloseable {

    static DataFolder create(String service) throws IOException {
        return new DataFolder(
                Files.createTempDirectory("steelyard-proof-"),
                Repository.proofs().resolve("logs").resolve(service));
    }

    Path store() {
        return root.resolve("store");
    }

    @Override
    public void close() throws IOException {
        keepLogs();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void keepLogs() throws IOException {
        Path from = root.resolve("logs");
        if (!Files.isDirectory(from)) {
            return;
        }
        Files.createDirectories(logs);
        try (Stream<Path> files = Files.list(from)) {
            List<Path> regular = files.filter(Files::isRegularFile).toList();
            for (Path file : regular) {
                Files.copy(file, logs.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
