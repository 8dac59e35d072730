package dev.steelyard.probe.tensors;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.safetensors.TensorInfo;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Lists the tensors of a model. Refuses what the reader of checkpoints refuses. */
public final class Tensors implements Method<TensorsParams> {

    @Override
    public MethodSpec<TensorsParams> spec() {
        return MethodSpec.of("tensors", "1", TensorsParams.class)
                .summary("Lists the tensors of a model.")
                .description("Tests staging and the refusal of truncated or lying checkpoints. Reads headers only.")
                .input(Port.model("model", "folder with model.safetensors, whole or in shards"))
                .output(Port.report("list", "name, type and shape of each tensor, a line each"))
                .example("All", "{}")
                .build();
    }

    @Override
    public Outputs run(TensorsParams params, JobContext job) throws IOException {
        List<String> lines = new ArrayList<>();
        long bytes = 0;
        try (Checkpoint checkpoint = Checkpoint.open(job.input("model"))) {
            for (String name : checkpoint.names()) {
                TensorInfo tensor = checkpoint.tensor(name).orElseThrow();
                lines.add(name + " " + tensor.dtype() + " " + tensor.shapeText());
                bytes += tensor.byteSize();
            }
        }
        Files.write(job.output("list").resolve("tensors.txt"), lines);
        return Outputs.of("list").with("tensors", lines.size()).with("bytes", bytes);
    }
}
