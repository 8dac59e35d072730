package dev.steelyard.gateway.artifacts;

import dev.steelyard.artifacts.FileEntry;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.store.TreeWriter;
import dev.steelyard.gateway.problems.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/** Trees that callers fill file by file. A session lives in this process and a day at most. */
@Service
class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final Duration IDLE = Duration.ofDays(1);

    private final Map<UUID, Session> sessions = new ConcurrentHashMap<>();
    private final Intake intake;
    private final ImportSettings settings;

    Uploads(Intake intake, ImportSettings settings) {
        this.intake = intake;
        this.settings = settings;
    }

    /** @param begunAt when it was begun */
    record Open(UUID id, Instant begunAt, int files, long size) {}

    private static final class Session {
        private final TreeWriter tree;
        private final String owner;
        private final Instant begunAt = Instant.now();
        private final ReadWriteLock use = new ReentrantReadWriteLock();
        private volatile long touched = System.nanoTime();
        private volatile Optional<IntakeForm> converted = Optional.empty();
        private Optional<Manifest> stored = Optional.empty();

        Session(TreeWriter tree, String owner) {
            this.tree = tree;
            this.owner = owner;
        }

        /** Many send files side by side, or throw the session away. */
        Lock filling() {
            return use.readLock();
        }

        /** One ends the session while nobody fills it: a file that was confirmed is not left out. */
        Lock ending() {
            return use.writeLock();
        }

        /** Done steps are not repeated when a later one failed, since the files they began with are gone. */
        Manifest manifest(Intake intake, IntakeForm form) throws IOException {
            if (stored.isEmpty()) {
                if (!converted.equals(Optional.of(form))) {
                    intake.convert(tree, form);
                    converted = Optional.of(form);
                }
                stored = Optional.of(intake.store(tree, form));
            }
            Manifest manifest = stored.get();
            if (manifest.kind() != form.kind()) {
                throw ProblemException.field(
                        "/kind", "the files are stored as a " + manifest.kind().wire() + " already");
            }
            return manifest;
        }
    }

    UUID begin(String owner) throws IOException {
        if (sessions.size() >= settings.maxUploads()) {
            throw ProblemException.conflict(
                    "too-many-uploads",
                    settings.maxUploads() + " uploads are open; commit or remove one of those that"
                            + " GET /v1/artifacts/uploads lists");
        }
        UUID id = UUID.randomUUID();
        sessions.put(id, new Session(intake.open(), owner));
        return id;
    }

    /** The owner's, oldest first. */
    List<Open> open(String owner) {
        List<Open> open = new ArrayList<>();
        sessions.forEach((id, session) -> {
            if (session.owner.equals(owner)) {
                open.add(new Open(id, session.begunAt, session.tree.entries().size(), session.tree.size()));
            }
        });
        open.sort(Comparator.comparing(Open::begunAt));
        return open;
    }

    /** Writes one file of an upload; the same path again replaces it. */
    FileEntry write(UUID id, String owner, String path, InputStream content) throws IOException {
        Session session = lock(id, owner, Session::filling);
        try {
            FileEntry written = session.tree.add(path, content);
            session.converted = Optional.empty();
            return written;
        } finally {
            session.filling().unlock();
        }
    }

    List<FileEntry> files(UUID id, String owner) {
        return require(id, owner).tree.entries();
    }

    /** Makes the files an artifact. What fails can be tried again. */
    ArtifactView commit(UUID id, String owner, IntakeForm form) throws IOException {
        Session session = lock(id, owner, Session::ending);
        try {
            ArtifactView artifact = intake.add(session.manifest(intake, form), "upload");
            sessions.remove(id);
            return artifact;
        } finally {
            session.ending().unlock();
        }
    }

    void remove(UUID id, String owner) throws IOException {
        Session session = lock(id, owner, Session::filling);
        try {
            session.tree.close();
            sessions.remove(id);
        } finally {
            session.filling().unlock();
        }
    }

    /** Refuses what would have to wait. The caller unlocks. */
    private Session lock(UUID id, String owner, Function<Session, Lock> use) {
        Session session = require(id, owner);
        Lock lock = use.apply(session);
        if (!lock.tryLock()) {
            throw ProblemException.conflict(
                    "conflict", "upload " + id + " is being committed, or a file of it is still being sent");
        }
        if (sessions.get(id) != session) { // ended between the look-up and the lock
            lock.unlock();
            throw missing(id);
        }
        return session;
    }

    private Session require(UUID id, String owner) {
        Session session = sessions.get(id);
        if (session == null || !session.owner.equals(owner)) {
            throw missing(id);
        }
        session.touched = System.nanoTime();
        return session;
    }

    private static ProblemException missing(UUID id) {
        return ProblemException.notFound("no upload " + id);
    }

    @Scheduled(fixedDelayString = "PT10M")
    void removeForgotten() {
        sessions.forEach((id, session) -> {
            if (System.nanoTime() - session.touched > IDLE.toNanos()
                    && session.ending().tryLock()) {
                sessions.remove(id);
                try {
                    session.tree.close();
                } catch (IOException e) {
                    LOG.warn("could not remove the forgotten upload {}: {}", id, e.toString());
                } finally {
                    session.ending().unlock();
                }
            }
        });
    }
}
