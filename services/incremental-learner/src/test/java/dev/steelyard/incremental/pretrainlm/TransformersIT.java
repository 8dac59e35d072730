package dev.steelyard.incremental.pretrainlm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.incremental.language.TokenizerFolder;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.models.CheckpointWeights;
import dev.steelyard.models.ModelConfig;
import dev.steelyard.models.llama.LlamaConfig;
import dev.steelyard.models.llama.LlamaModel;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model we trained, loaded by transformers. Skipped where no Python has it: {@code make interop} installs one. */
class TransformersIT {
    private static final String TEXT = "Licensed under the Apache License: you may not\n\tuse this file… naïvely.\n";

    @TempDir
    Path folder;

    @Test
    void trained_model_gives_the_same_tokens_and_logits() throws Exception {
        String named = System.getenv("STEELYARD_PYTHON");
        Path python = Path.of(named == null || named.isEmpty() ? "../../target/venv/bin/python" : named);
        assumeTrue(
                Files.isExecutable(python) && run(python, "-c", "import torch, transformers") == 0,
                "SKIPPED: no Python with transformers: run `make interop`, or set STEELYARD_PYTHON to one that has it");
        Path model = train();
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        Path ours = folder.resolve("ours.safetensors");
        compute(model, ours);

        assertThat(run(
                        python,
                        "../../bench/interop/check_llama.py",
                        model.toString(),
                        text.toString(),
                        ours.toString()))
                .isZero();
    }

    private Path train() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.copy(Path.of("../../LICENSE"), data.resolve("licence.txt"));
        LocalRun job = LocalRun.in(folder.resolve("job")).threads(2).input("data", data);
        job.of(new PretrainLm(), """
                                {"hiddenSize": 32, "layers": 2, "heads": 4, "kvHeads": 2, "context": 64, "batch": 4,
                                 "vocabulary": 400, "steps": 20, "ropeTheta": 500, "tied": false}""");
        return job.output("model").toAbsolutePath();
    }

    private static void compute(Path folder, Path ours) throws IOException {
        Torch.start(2);
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin();
                var store = new ParameterStore();
                TokenizerFolder tokenizer = TokenizerFolder.open(folder);
                Checkpoint checkpoint = Checkpoint.open(folder)) {
            long[] ids = Arrays.stream(tokenizer.ids(TEXT)).asLongStream().toArray();
            Tensor input = Tensors.of(ids, 1, ids.length);
            LlamaModel model = LlamaModel.load(
                    LlamaConfig.read(ModelConfig.read(folder)),
                    store,
                    new CheckpointWeights(checkpoint),
                    Reparametrization.NONE);
            TensorFile.write(ours, Map.of("ids", input, "logits", model.forward(input)), Map.of());
        }
    }

    private static int run(Path python, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = python.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }
}
