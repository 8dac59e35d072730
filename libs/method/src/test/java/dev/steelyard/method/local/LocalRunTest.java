package dev.steelyard.method.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Param;
import dev.steelyard.method.Port;
import jakarta.validation.constraints.Max;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalRunTest {
    @TempDir
    Path folder;

    record CopyParams(
            @Param(value = "How often.", defaultValue = "2") @Max(3)
            int times) {}

    /** Writes its input so many times; goes on from where an earlier run came to. */
    private static final class Copy implements Method<CopyParams> {
        @Override
        public MethodSpec<CopyParams> spec() {
            return MethodSpec.of("copy", "1", CopyParams.class)
                    .input(Port.dataset("text", "a text"))
                    .output(Port.dataset("copies", "the same several times"))
                    .build();
        }

        @Override
        public Outputs run(CopyParams params, JobContext job) throws IOException, InterruptedException {
            String text = Files.readString(job.input("text").resolve("a.txt"));
            int done = job.restore().isPresent()
                    ? Integer.parseInt(Files.readString(job.restore().get().resolve("done")))
                    : 0;
            if (done > 0) {
                job.log("goes on after " + done);
            }
            for (int i = done; i < params.times(); i++) {
                job.checkCancelled();
                Files.writeString(job.output("copies").resolve(i + ".txt"), text);
                int count = i + 1;
                job.checkpoint(state -> Files.writeString(state.resolve("done"), Integer.toString(count)));
                job.metric("copies", i, count);
                job.progress((double) count / params.times(), "copy " + i);
            }
            return Outputs.of("copies");
        }
    }

    @Test
    void method_runs_with_its_defaults_and_leaves_its_outputs() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("text", text());
        assertThat(run.of(new Copy(), "{}").names()).containsExactly("copies");
        assertThat(run.output("copies").resolve("1.txt")).hasContent("hello");
        assertThat(run.metrics())
                .containsExactly(new LocalRun.Point("copies", 0, 1), new LocalRun.Point("copies", 1, 2));
        assertThat(run.messages()).containsExactly("copy 0", "copy 1");
        assertThat(run.fraction()).isEqualTo(1);
    }

    @Test
    void state_saved_by_a_run_is_found_by_the_next() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("text", text());
        run.of(new Copy(), "{\"times\": 1}");
        run.of(new Copy(), "{\"times\": 2}");
        assertThat(run.output("copies")).isDirectoryNotContaining("glob:**0.txt");
        assertThat(run.output("copies").resolve("1.txt")).exists();
    }

    @Test
    void run_is_cancelled_after_so_many_looks_and_the_next_goes_on() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("text", text()).cancelAfter(2);
        assertThatThrownBy(() -> run.of(new Copy(), "{\"times\": 3}")).isInstanceOf(InterruptedException.class);
        assertThat(run.curves()).containsEntry("copies", List.of(1.0, 2.0));

        run.of(new Copy(), "{\"times\": 3}");

        assertThat(run.curves()).containsEntry("copies", List.of(1.0, 2.0, 3.0));
        assertThat(run.lines()).containsExactly("goes on after 2");
        assertThat(run.output("copies")).isDirectoryContaining("glob:**2.txt").isDirectoryNotContaining("glob:**1.txt");
    }

    @Test
    void looks_count_from_the_first_state_on() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("text", text());
        run.cancelAfterState(0);
        assertThatThrownBy(() -> run.of(new Copy(), "{\"times\": 3}")).isInstanceOf(InterruptedException.class);
        assertThat(run.curves()).containsEntry("copies", List.of(1.0));
        assertThat(run.restore().orElseThrow().resolve("done")).hasContent("1");
        run.cancelAfterState(0);
        assertThatThrownBy(() -> run.of(new Copy(), "{\"times\": 3}")).isInstanceOf(InterruptedException.class);
        assertThat(run.restore().orElseThrow().resolve("done")).hasContent("2");
    }

    @Test
    void state_that_cannot_be_written_leaves_the_one_before() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run"));
        run.checkpoint(state -> Files.writeString(state.resolve("done"), "1"));
        assertThatThrownBy(() -> run.checkpoint(_ -> {
                    throw new IOException("half written");
                }))
                .hasMessage("half written");
        assertThat(run.restore().orElseThrow().resolve("done")).hasContent("1");
        run.checkpoint(state -> Files.writeString(state.resolve("done"), "2"));
        assertThat(run.restore().orElseThrow().resolve("done")).hasContent("2");
    }

    @Test
    void bad_parameters_missing_inputs_and_cancellation_end_a_run() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run"));
        assertThatThrownBy(() -> run.of(new Copy(), "{\"times\": 4}")).isInstanceOf(MethodException.class);
        assertThatThrownBy(() -> run.of(new Copy(), "{}")).hasMessage("input text is missing");
        run.input("text", text()).cancel();
        assertThatThrownBy(() -> run.of(new Copy(), "{}")).isInstanceOf(InterruptedException.class);
    }

    @Test
    void random_streams_depend_on_seed_and_name_only() {
        long first = LocalRun.in(folder).seed(3).random("a").nextLong();
        assertThat(LocalRun.in(folder).seed(3).random("a").nextLong()).isEqualTo(first);
        assertThat(LocalRun.in(folder).seed(3).random("b").nextLong()).isNotEqualTo(first);
        assertThat(LocalRun.in(folder).seed(4).random("a").nextLong()).isNotEqualTo(first);
    }

    /** Does one thing that its spec does not allow. */
    private record Wrong(String what) implements Method<CopyParams> {
        @Override
        public MethodSpec<CopyParams> spec() {
            MethodSpec.Builder<CopyParams> spec = MethodSpec.of("wrong", "1", CopyParams.class)
                    .input(Port.dataset("text", "a text").optional())
                    .output(Port.dataset("copies", "copies"));
            return what.equals("example")
                    ? spec.example("Many", "{\"times\": 4}").build()
                    : spec.build();
        }

        @Override
        public Outputs run(CopyParams params, JobContext job) throws IOException {
            switch (what) {
                case "input" -> job.input("text");
                case "output" -> job.output("other");
                case "progress" -> job.progress(7, "far");
                default -> job.output("copies");
            }
            return what.equals("returned")
                    ? Outputs.of("other")
                    : what.equals("empty") ? Outputs.of("copies") : Outputs.of();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "example, example 'Many' is wrong: times = 4: expected an integer of at most 3",
        "input, no required input is declared as 'text'",
        "output, no output is declared as 'other'",
        "progress, progress 7.0: expected 0 to 1",
        "returned, the method returned an output it does not declare: other",
        "nothing, the method did not return its output copies",
        "empty, the method did not write its output copies"
    })
    void what_a_worker_would_refuse_is_refused(String what, String words) throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("text", text());
        assertThatThrownBy(() -> run.of(new Wrong(what), "{}")).hasMessage(words);
    }

    @Test
    void input_that_is_not_declared_is_refused() throws Exception {
        LocalRun run = LocalRun.in(folder.resolve("run")).input("txet", text());
        assertThatThrownBy(() -> run.of(new Copy(), "{}")).hasMessage("no input is declared as 'txet'");
    }

    private Path text() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("text"));
        Files.writeString(tree.resolve("a.txt"), "hello");
        return tree;
    }
}
