package dev.steelyard.artifacts.store;

import dev.steelyard.artifacts.Manifest;

/**
 * How much a tree that comes from outside may hold.
 *
 * @param files most files, up to {@link Manifest#MAX_FILES}
 * @param fileBytes most bytes in one file
 * @param totalBytes most bytes in all files together
 */
public record UploadLimits(int files, long fileBytes, long totalBytes) {

    public UploadLimits {
        if (files < 1 || files > Manifest.MAX_FILES || fileBytes < 0 || totalBytes < 0) {
            throw new IllegalArgumentException("limits out of range: files " + files + " (1 to " + Manifest.MAX_FILES
                    + "), fileBytes " + fileBytes + ", totalBytes " + totalBytes);
        }
    }

    /** As many files as an artifact may have, 256 GiB each, 1 TiB in all. */
    public static UploadLimits standard() {
        return new UploadLimits(Manifest.MAX_FILES, 256L << 30, 1L << 40);
    }
}
