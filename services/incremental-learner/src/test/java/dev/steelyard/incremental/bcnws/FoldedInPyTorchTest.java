package dev.steelyard.incremental.bcnws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.artifacts.dataset.ImageShape;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.Shapes;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Torch;
import dev.steelyard.tensor.nn.Phase;
import dev.steelyard.tensor.nn.WeightStandardization;
import dev.steelyard.tensor.nn.WeightStandardization.Variant;
import dev.steelyard.tensor.train.RandomTensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A folded network in plain layers of PyTorch. Skipped where no Python has it: {@code make interop} installs one. */
class FoldedInPyTorchTest {
    private static final Path SCRIPT = Path.of("../../bench/interop/check_folded.py");
    private static final Path VENV = Path.of("../../target/venv/bin/python");

    private static Path python = VENV;

    @TempDir
    Path folder;

    @BeforeAll
    static void findPython(@TempDir Path imports) throws IOException, InterruptedException {
        String named = System.getenv("STEELYARD_PYTHON");
        python = named == null || named.isEmpty() ? VENV : Path.of(named);
        assumeTrue(
                Files.isExecutable(python)
                        && run(imports.resolve("output.txt"), "-c", "import torch, safetensors") == 0,
                "SKIPPED: no Python with torch: run `make interop`, or set STEELYARD_PYTHON to one that has it");
    }

    @ParameterizedTest
    @CsvSource({"strided, bcn-estimated", "strided, bn", "residual, bcn-estimated", "residual, gn"})
    void scores_are_the_same_in_plain_layers(String network, String norm) throws Exception {
        var config = new NetworkConfig(
                network,
                List.of(12, 24),
                new ImageShape(3, 17, 12),
                List.of("a", "b", "c"),
                norm,
                32,
                false,
                Optional.of(new WeightStandardization(Variant.UNBIASED_OUTSIDE, 1e-5)),
                List.of());
        Path folded = Files.createDirectories(folder.resolve("folded"));
        Path samples = folder.resolve("samples.safetensors");
        try (Network model = Network.create(Torch.start(2), 3, config, _ -> {});
                var random = new RandomTensors(Torch.start(2), 4);
                var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            model.store().save().forEach((name, value) -> {
                if (name.contains(".norm.") && !name.endsWith("num_batches_tracked")) {
                    value.copy_(random.uniform(0.5, Shapes.of(value)));
                    if (name.endsWith("running_var")) {
                        value.abs_();
                    }
                }
            });
            Tensor x = random.uniform(1, 20, 3, 17, 12);
            Tensor scores = model.classifier().logits(x, Phase.EVALUATION);
            TensorFile.write(samples, Map.of("images", x, "scores", scores), Map.of());
            Folding folding = new Folding(model);
            Network.write(folded, folding.json(), folding.tensors());
        }

        Path output = folder.resolve("output.txt");
        int code = run(output, SCRIPT.toAbsolutePath().normalize().toString(), folded.toString(), samples.toString());

        System.out.println(Files.readString(output));
        assertThat(code).as(Files.readString(output)).isZero();
    }

    private static int run(Path output, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }
}
