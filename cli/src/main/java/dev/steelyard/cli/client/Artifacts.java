package dev.steelyard.cli.client;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Models, data sets and reports kept by content. */
public final class Artifacts {
    private static final String ALL = "/v1/artifacts";
    private static final int FILES_AT_ONCE = 8;

    private final Http http;

    Artifacts(Http http) {
        this.http = http;
    }

    public Artifact get(String id) {
        return http.get(path(id), Artifact.class);
    }

    /**
     * @param kind "model", "dataset", "report" or empty for all
     * @param limit 0: the gateway's choice
     * @param cursor of an earlier page; empty for the first
     */
    public Page<Artifact> list(String kind, int limit, String cursor) {
        Query query = new Query().with("kind", kind).with("limit", limit).with("cursor", cursor);
        return http.get(query.of(ALL), new TypeReference<>() {});
    }

    /**
     * Has the gateway fetch it.
     *
     * @param source {@code file:///…} below one of the gateway's import roots, or {@code https://…}
     */
    public Artifact importFrom(String source, ArtifactForm form) {
        Map<String, String> request = form.fields();
        request.put("source", source);
        return http.post(ALL + "/import", request, Artifact.class);
    }

    /** Is told of an upload file by file. */
    @FunctionalInterface
    public interface Sending {
        /**
         * A file is about to be sent. Called in order, by the thread that uploads.
         *
         * @param number of the file, from 1
         * @param count of all files
         */
        void begins(Path file, int number, int count);

        /** A file or folder whose name begins with a dot is not sent, nor is what is in it. */
        default void leavesOut(Path hidden) {}
    }

    /** The same as {@link #upload(Path, ArtifactForm, Sending)} with nothing to say but the kind. */
    public Artifact upload(Path source, String kind, Sending sending) throws IOException {
        return upload(source, ArtifactForm.of(kind), sending);
    }

    /**
     * Sends a file, or a folder with all that is in it and not hidden, several files at a time.
     *
     * @param sending is told each file before it is sent
     */
    public Artifact upload(Path source, ArtifactForm form, Sending sending) throws IOException {
        boolean isFolder = Files.isDirectory(source);
        Path start = isFolder ? source.toRealPath() : source; // the walk does not follow a link it begins at
        List<Path> files = isFolder ? filesOf(start, sending) : List.of(source);
        String upload =
                http.post(ALL + "/uploads", Map.of(), JsonNode.class).path("id").asString("");
        String path = ALL + "/uploads/" + Query.segment(upload);
        try {
            send(start, files, path, sending);
            return http.post(path + "/commit", form.fields(), Artifact.class);
        } catch (FileNotFoundException | RuntimeException e) {
            abandon(path, e);
            throw e;
        }
    }

    private void send(Path source, List<Path> files, String upload, Sending sending) throws FileNotFoundException {
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Semaphore free = new Semaphore(FILES_AT_ONCE);
        boolean isFolder = Files.isDirectory(source);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < files.size(); i++) {
                Path file = files.get(i);
                free.acquire();
                sending.begins(file, i + 1, files.size());
                Path name = isFolder ? source.relativize(file) : file.getFileName();
                BodyPublisher bytes = BodyPublishers.ofFile(file);
                threads.execute(() -> {
                    try {
                        http.upload(upload + "/files/" + segments(name), bytes);
                    } catch (RuntimeException e) {
                        if (failure.compareAndSet(null, e)) {
                            threads.shutdownNow(); // what else is under way need not come to its end
                        }
                    } finally {
                        free.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("interrupted while sending files", e);
        } catch (RejectedExecutionException e) {
            // a file failed, and with it all
        }
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    private void abandon(String upload, Exception cause) {
        try {
            http.delete(upload);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private static List<Path> filesOf(Path folder, Sending sending) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path inside, BasicFileAttributes attributes) {
                return isHidden(inside) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!isHidden(file) && Files.isRegularFile(file)) { // also one behind a link
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            private boolean isHidden(Path path) {
                boolean hidden =
                        !path.equals(folder) && path.getFileName().toString().startsWith(".");
                if (hidden) {
                    sending.leavesOut(path);
                }
                return hidden;
            }
        });
        if (files.isEmpty()) {
            throw new NoSuchFileException(folder.toString(), null, "holds no file that could be sent");
        }
        return files.stream().sorted().toList();
    }

    /** Bytes of one file; the caller closes them. */
    public InputStream open(String id, String file) {
        return http.open(http.request(path(id) + "/files/" + segments(Path.of(file))));
    }

    /**
     * Writes one file of an artifact to disk, whole or not at all.
     *
     * @param target the file to write
     */
    public void download(String id, String file, Path target) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (InputStream bytes = open(id, file)) {
            Files.copy(bytes, part, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String path(String id) {
        return ALL + "/" + id;
    }

    private static String segments(Path relative) {
        return Arrays.stream(relative.toString().replace('\\', '/').split("/"))
                .map(Query::segment)
                .collect(Collectors.joining("/"));
    }
}
