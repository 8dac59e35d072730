package dev.steelyard.quantizer.compressed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.steelyard.artifacts.safetensors.DType;
import dev.steelyard.method.local.LocalRun;
import dev.steelyard.quantizer.MiniLm;
import dev.steelyard.quantizer.checkpoint.TestModel;
import dev.steelyard.quantizer.finequant.FineQuant;
import dev.steelyard.quantizer.rtn.Rtn;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we write, read by the library that the format belongs to. Skipped where no Python has it. */
class CompressedTensorsIT {
    private static Optional<CompressedTensors> library = Optional.empty();

    @TempDir
    Path folder;

    @BeforeAll
    static void find_the_library() throws Exception {
        library = CompressedTensors.find();
        assumeTrue(library.isPresent(), "SKIPPED: " + CompressedTensors.MISSING);
    }

    @Test
    void real_encoder_with_mixed_groups_is_read_the_same() throws Exception {
        MiniLm miniLm = MiniLm.unpack(folder.resolve("original"));
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", miniLm.folder());
        run.of(new FineQuant(), "{}");
        assertSameBits(run);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            F32  | {"bits": 4, "group": 32}
            F32  | {"bits": 8, "group": 0}
            F16  | {"bits": 4, "group": 32}
            F16  | {"bits": 8, "group": 64}
            BF16 | {"bits": 4, "group": 0}
            BF16 | {"bits": 8, "group": 32}
            F32  | {"bits": 4, "group": 32, "symmetric": false}
            F16  | {"bits": 8, "group": 0,  "symmetric": false}
            BF16 | {"bits": 4, "group": 64, "symmetric": false}
            """)
    void every_form_is_read_the_same(DType dtype, String params) throws Exception {
        Path model = new TestModel(folder.resolve("model"))
                .tensor("a.weight", dtype, TestModel.gaussian(50 * 192, 1), 50, 192)
                .tensor("b.weight", dtype, TestModel.gaussian(23 * 64, 2), 23, 64)
                .write();
        LocalRun run = LocalRun.in(folder.resolve("run")).input("model", model);
        run.of(new Rtn(), params);
        assertSameBits(run);
    }

    private void assertSameBits(LocalRun run) throws Exception {
        CompressedTensors.Comparison comparison =
                library.orElseThrow().compare(run.output("model").toAbsolutePath(), folder);
        System.out.println(comparison.output());
        assertThat(comparison.ok()).as(comparison.output()).isTrue();
    }
}
