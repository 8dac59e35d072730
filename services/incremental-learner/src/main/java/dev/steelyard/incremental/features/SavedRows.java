package dev.steelyard.incremental.features;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.artifacts.safetensors.SafetensorsFile;
import dev.steelyard.artifacts.safetensors.SafetensorsWriter;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.JobContext;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Vectors that an attempt at the job has made, for the next attempt. */
final class SavedRows {
    private static final String FILE = "rows.safetensors";
    private static final String ROWS = "rows";

    private final JobContext job;
    private final int width;
    private final MemorySegment values;
    private int saved;

    /** @param values of all rows, row after row */
    SavedRows(JobContext job, FrozenEncoder encoder, float[] values) {
        this.job = job;
        this.width = encoder.dimension();
        this.values = MemorySegment.ofArray(values);
    }

    /** @return rows that were there and are in the values now */
    int restore() throws IOException {
        Optional<Path> state = job.restore();
        if (state.isEmpty()) {
            return 0;
        }
        try (SafetensorsFile file = SafetensorsFile.open(state.get().resolve(FILE))) {
            MemorySegment found = file.data(ROWS);
            values.asSlice(0, found.byteSize()).copyFrom(found);
            saved = Math.toIntExact(found.byteSize() / Float.BYTES / width);
        }
        job.log("continues after %d rows".formatted(saved));
        return saved;
    }

    /** Saves the first rows, if so many more are done than were saved; all of them need no saving. */
    void offer(int done, int every) throws IOException {
        long bytes = (long) done * width * Float.BYTES;
        if (done - saved < every || bytes == values.byteSize()) {
            return;
        }
        job.checkpoint(folder -> {
            TensorInfo info = TensorInfo.of(ROWS, DType.F32, done, width);
            try (var writer = SafetensorsWriter.create(folder.resolve(FILE), List.of(info), Map.of())) {
                writer.write(ROWS, 0, values.asSlice(0, bytes));
                writer.finish();
            }
        });
        saved = done;
    }
}
