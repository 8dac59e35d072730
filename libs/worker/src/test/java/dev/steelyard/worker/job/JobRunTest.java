package dev.steelyard.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.Manifest;
import dev.steelyard.artifacts.safetensors.Checkpoint;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.JobEvent.KindCase;
import dev.steelyard.proto.v1.Problem;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.catalog.HostedMethod;
import dev.steelyard.worker.catalog.MethodCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class JobRunTest {
    private static final JobListener SILENT = new JobListener() {
        @Override
        public void progress(double fraction, String message) {}

        @Override
        public void metric(String name, long step, double value) {}

        @Override
        public void log(String message) {}
    };

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private DirectoryArtifactStore store;

    @BeforeEach
    void open() throws IOException {
        store = new DirectoryArtifactStore(folder);
    }

    @AfterEach
    void nothing_is_left_being_built() throws IOException {
        try (Stream<Path> building = Files.walk(folder.resolve("building"))) {
            assertThat(building.filter(p -> p.getFileName().toString().startsWith("j1")))
                    .isEmpty();
        }
        store.close();
    }

    @Test
    void input_is_staged_and_output_stored() throws IOException {
        Manifest model = put(ArtifactKind.MODEL, "weights.bin", "abc");
        JobEvent result = run(model, job -> {
            String text = Files.readString(job.input("model").resolve("weights.bin"));
            Files.writeString(job.output("report").resolve("copy.txt"), text + job.seed() + job.threads());
            Files.writeString(job.scratch().resolve("temporary"), "x");
            return Outputs.of("report").with("length", 3);
        });
        assertThat(result.getKindCase()).isEqualTo(KindCase.SUCCEEDED);
        var output = result.getSucceeded().getOutputsOrThrow("report");
        assertThat(output.getKind()).isEqualTo("report");
        assertThat(output.getSize()).isEqualTo(5);
        Path stored = store.stage(dev.steelyard.artifacts.ArtifactId.parse(output.getArtifact()));
        assertThat(stored.resolve("copy.txt")).hasContent("abc73");
    }

    @Test
    void artifact_of_another_kind_is_refused() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.DATASET, "a", "b"), _ -> Outputs.of()));
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getDetail()).endsWith("is a dataset, expected a model");
    }

    @Test
    void file_the_input_lacks_is_the_inputs_fault() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.MODEL, "a", "b"), job -> {
            Files.readString(job.input("model").resolve("sub/config.json"));
            return Outputs.of();
        }));
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getFile()).isEqualTo("sub/config.json");
        assertThat(problem.getDetail()).isEqualTo("input model: sub/config.json: no such file");
    }

    @Test
    void refused_file_is_named_by_the_input_it_is_of() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.MODEL, "model.safetensors", "short"), job -> {
            Checkpoint.open(job.input("model")).close();
            return Outputs.of();
        }));
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getFile()).isEqualTo("model.safetensors");
        assertThat(problem.getDetail())
                .isEqualTo("input model: model.safetensors: is 5 bytes long, too short for a safetensors header");
    }

    @Test
    void summary_that_no_event_has_room_for_fails_by_name() throws IOException {
        Manifest model = put(ArtifactKind.MODEL, "a", "b");
        assertThat(problem(run(model, job -> {
                            Files.writeString(job.output("report").resolve("copy.txt"), "text");
                            return Outputs.of("report").with("curve", "é".repeat(500_000));
                        }))
                        .getDetail())
                .endsWith("the method's summary has 1000012 bytes of JSON, more than 1000000:"
                        + " write long results into an output");
    }

    @Test
    void method_that_does_not_keep_its_word_fails() throws IOException {
        Manifest model = put(ArtifactKind.MODEL, "a", "b");
        assertThat(problem(run(model, _ -> Outputs.of())).getDetail()).endsWith("did not return its output report");
        assertThat(problem(run(model, _ -> Outputs.of("report"))).getDetail())
                .endsWith("did not write its output report");
        assertThat(problem(run(model, _ -> Outputs.of("other"))).getDetail()).endsWith("does not declare: other");
        assertThat(problem(run(model, job -> {
                            job.output("report");
                            return Outputs.of("report");
                        }))
                        .getDetail())
                .contains("output report: the tree holds no file");
    }

    @Test
    void more_disk_than_there_is_fails_as_disk_full() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.MODEL, "a", "b"), job -> {
            job.requireDisk(Long.MAX_VALUE / 2);
            return Outputs.of();
        }));
        assertThat(problem.getCode()).isEqualTo("disk-full");
        assertThat(problem.getDetail()).contains("needs " + Long.MAX_VALUE / 2 + " bytes more");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void write_to_a_full_device_fails_as_disk_full() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.MODEL, "a", "b"), job -> {
            Files.writeString(job.output("report").resolve("partial"), "x");
            Files.writeString(Path.of("/dev/full"), "x");
            return Outputs.of("report");
        }));
        assertThat(problem.getCode()).isEqualTo("disk-full");
        assertThat(problem.getDetail()).contains("No space left on device").doesNotContain("\n");
    }

    @Test
    void run_that_is_stopped_is_interrupted_and_drops_its_result() throws Exception {
        Manifest model = put(ArtifactKind.MODEL, "a", "b");
        CountDownLatch begun = new CountDownLatch(1);
        JobRun run = make(model, job -> {
            Files.writeString(job.output("report").resolve("a"), "b");
            begun.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                assertThat(job.cancelled()).isTrue();
            }
            return Outputs.of("report");
        });
        Thread stopper = Thread.ofPlatform().start(() -> {
            try {
                begun.await();
                run.stop();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(run.execute().getKindCase()).isEqualTo(KindCase.FAILED);
        assertThat(Thread.interrupted()).isFalse();
        stopper.join();
    }

    @Test
    void undeclared_names_are_refused() throws IOException {
        Problem problem = problem(run(put(ArtifactKind.MODEL, "a", "b"), job -> {
            assertThatThrownBy(() -> job.input("nothing")).hasMessageContaining("nothing");
            job.output("nothing");
            return Outputs.of();
        }));
        assertThat(problem.getDetail()).endsWith("no output is declared as 'nothing'");
    }

    @Test
    void newest_checkpoint_is_found_by_the_next_run() throws IOException {
        Manifest model = put(ArtifactKind.MODEL, "a", "b");
        run(model, job -> {
            job.checkpoint(state -> Files.writeString(state.resolve("n"), "1"));
            job.checkpoint(state -> Files.writeString(state.resolve("n"), "2"));
            throw new IOException("lost");
        });
        run(model, job -> {
            assertThat(job.restore().orElseThrow().resolve("n")).hasContent("2");
            assertThatThrownBy(() -> job.checkpoint(_ -> {
                        throw new IOException("half written");
                    }))
                    .hasMessage("half written");
            assertThat(job.restore().orElseThrow().resolve("n")).hasContent("2");
            return Outputs.of();
        });
    }

    private Manifest put(ArtifactKind kind, String file, String text) throws IOException {
        Path tree = store.newTree("input");
        Files.writeString(tree.resolve(file), text);
        return store.put(kind, tree);
    }

    private JobEvent run(Manifest model, Body body) {
        return make(model, body).execute();
    }

    private static Problem problem(JobEvent result) {
        assertThat(result.getKindCase()).isEqualTo(KindCase.FAILED);
        return result.getFailed().getProblem();
    }

    private JobRun make(Manifest model, Body body) {
        HostedMethod<?> method = new MethodCatalog("svc", List.of(new Written(body)))
                .find("svc/written")
                .orElseThrow();
        RunJob job = RunJob.newBuilder()
                .setJobId("j1")
                .setParamsJson("{}")
                .setSeed(7)
                .putInputs("model", model.id().toString())
                .build();
        return new JobRun(method, job, new JobMeans(store, 3, 1_000), SILENT);
    }

    /** What the method does. */
    @FunctionalInterface
    private interface Body {
        Outputs run(JobContext job) throws MethodException, IOException, InterruptedException;
    }

    /** No parameters. */
    public record NoParams() {}

    private record Written(Body body) implements Method<NoParams> {
        @Override
        public MethodSpec<NoParams> spec() {
            return MethodSpec.of("written", "1", NoParams.class)
                    .input(Port.model("model", "any"))
                    .output(Port.report("report", "any"))
                    .build();
        }

        @Override
        public Outputs run(NoParams params, JobContext job) throws MethodException, IOException, InterruptedException {
            return body.run(job);
        }
    }
}
