package dev.steelyard.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.ArtifactException;
import dev.steelyard.method.MethodException;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProblemsTest {
    private static final StagedInputs NONE = new StagedInputs();

    @Test
    void users_fault_keeps_its_place_and_is_permanent() {
        JobEvent failed =
                Problems.of(MethodException.parameter("/bits", "bits = 12: expected an integer from 2 to 8"), NONE);
        assertThat(failed.getFailed().getTransient()).isFalse();
        assertThat(failed.getFailed().getProblem())
                .isEqualTo(Problem.newBuilder()
                        .setCode("invalid-parameter")
                        .setField("/bits")
                        .setDetail("bits = 12: expected an integer from 2 to 8")
                        .build());
    }

    @Test
    void refused_content_names_file_and_tensor() {
        Problem problem = problem(new ArtifactException("model.safetensors", "w", "overlaps v"));
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getFile()).isEqualTo("model.safetensors");
        assertThat(problem.getTensor()).isEqualTo("w");
        assertThat(problem.getDetail()).isEqualTo("model.safetensors: w: overlaps v");
    }

    @Test
    void file_of_one_of_several_inputs_is_named_by_its_input() {
        StagedInputs inputs = new StagedInputs();
        inputs.put("state", Path.of("/store/a/tree"));
        inputs.put("other", Path.of("/store/b/tree"));

        assertThat(detail(new ArtifactException("s", "w", "cut off").in(Path.of("/store/b/tree")), inputs))
                .isEqualTo("input other: s: w: cut off");
        assertThat(detail(MethodException.file("s", "s: cut off").in(Path.of("/store/a/tree/s")), inputs))
                .isEqualTo("input state: s: cut off");
        assertThat(detail(new NoSuchFileException("/store/b/tree/sub/s"), inputs))
                .isEqualTo("input other: sub/s: no such file");
        assertThat(detail(new UncheckedIOException(new NoSuchFileException("/store/b/tree/s")), inputs))
                .isEqualTo("input other: s: no such file");
        assertThat(detail(new ArtifactException("s", null, "cut off").in(Path.of("/store/building/s")), inputs))
                .as("no input's")
                .isEqualTo("s: cut off");
        assertThat(detail(new ArtifactException("s", null, "cut off"), inputs)).isEqualTo("s: cut off");
    }

    @Test
    void artifact_that_is_two_inputs_is_named_as_both() {
        StagedInputs inputs = new StagedInputs();
        inputs.put("state", Path.of("/store/a/tree"));
        inputs.put("other", Path.of("/store/a/tree"));

        assertThat(detail(new ArtifactException("s", null, "cut off").in(Path.of("/store/a/tree")), inputs))
                .isEqualTo("inputs state, other: s: cut off");
    }

    private static String detail(Throwable thrown, StagedInputs inputs) {
        return Problems.of(thrown, inputs).getFailed().getProblem().getDetail();
    }

    @Test
    void full_disk_is_permanent_however_deep_its_cause_lies() {
        IOException full = new FileSystemException("/x/y", null, "No space left on device");
        for (Throwable each : new Throwable[] {
            full,
            new UncheckedIOException(full),
            new IllegalStateException("writing", full),
            new DiskFullException(5, 4, 3)
        }) {
            JobEvent failed = Problems.of(each, NONE);
            assertThat(failed.getFailed().getProblem().getCode()).isEqualTo("disk-full");
            assertThat(failed.getFailed().getTransient()).isFalse();
        }
    }

    @Test
    void fault_of_the_machine_may_pass() {
        JobEvent failed = Problems.of(new IOException("connection reset"), NONE);
        assertThat(failed.getFailed().getTransient()).isTrue();
        assertThat(failed.getFailed().getProblem().getCode()).isEqualTo("io");
    }

    @Test
    void fault_of_the_method_is_one_line_with_its_class() {
        assertThat(problem(new IllegalStateException("first line\n  second line"))
                        .getDetail())
                .isEqualTo("IllegalStateException: first line second line");
        assertThat(problem(new NullPointerException()).getDetail()).isEqualTo("NullPointerException");
        assertThat(problem(new IllegalStateException("x".repeat(10_000))).getDetail())
                .hasSizeLessThan(600);
    }

    @Test
    void lack_of_memory_names_what_there_is() {
        Problem problem = problem(new OutOfMemoryError("Java heap space"));
        assertThat(problem.getCode()).isEqualTo("out-of-memory");
        assertThat(problem.getDetail()).contains("heap " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    private static Problem problem(Throwable thrown) {
        return Problems.of(thrown, NONE).getFailed().getProblem();
    }
}
