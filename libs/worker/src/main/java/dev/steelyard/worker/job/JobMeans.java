package dev.steelyard.worker.job;

import dev.steelyard.artifacts.store.ArtifactStore;

/**
 * What runs of a worker have to work with.
 *
 * @param store inputs come from it, outputs and checkpoints go to it
 * @param threads a job may compute on
 * @param minFree bytes of the file system that jobs must leave free
 */
public record JobMeans(ArtifactStore store, int threads, long minFree) {}
