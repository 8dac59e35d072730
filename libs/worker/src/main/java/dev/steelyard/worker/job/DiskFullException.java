package dev.steelyard.worker.job;

import java.io.IOException;

/** The file system cannot take what the job wants to write. */
final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    DiskFullException(long needed, long free, long kept) {
        super("needs " + needed + " bytes more, free are " + free + " of which " + kept + " are kept back");
    }
}
