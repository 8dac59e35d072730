package dev.steelyard.artifacts;

/**
 * One file of an artifact.
 *
 * @param path relative to the artifact's root, '/' between names, normalised, no '..', no leading '/'
 * @param size bytes
 * @param sha256 64 lower case hexadecimal digits
 */
public record FileEntry(String path, long size, String sha256) {}
