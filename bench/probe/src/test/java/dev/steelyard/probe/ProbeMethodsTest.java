package dev.steelyard.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.artifacts.ArtifactKind;
import dev.steelyard.artifacts.store.DirectoryArtifactStore;
import dev.steelyard.proto.v1.JobEvent;
import dev.steelyard.proto.v1.Problem;
import dev.steelyard.proto.v1.RunJob;
import dev.steelyard.worker.catalog.HostedMethod;
import dev.steelyard.worker.catalog.MethodCatalog;
import dev.steelyard.worker.catalog.MethodScanner;
import dev.steelyard.worker.job.JobListener;
import dev.steelyard.worker.job.JobMeans;
import dev.steelyard.worker.job.JobRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeMethodsTest {
    private static final JobListener SILENT = new JobListener() {
        @Override
        public void progress(double fraction, String message) {}

        @Override
        public void metric(String name, long step, double value) {}

        @Override
        public void log(String message) {}
    };

    private final MethodCatalog catalog =
            new MethodCatalog("probe", MethodScanner.scan(List.of("dev.steelyard.probe")));

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
    void close() throws IOException {
        store.close();
    }

    @Test
    void all_methods_are_found_with_valid_examples() {
        assertThat(catalog.all())
                .extracting(HostedMethod::id)
                .containsExactly("probe/noop", "probe/noop-short", "probe/steps", "probe/tensors", "probe/write");
    }

    @Test
    void steps_that_were_interrupted_write_what_they_would_have_written_in_one_go() {
        JobEvent whole = run("one", "steps", "{\"steps\": 20}");
        JobEvent first =
                run("two", "steps", "{\"steps\": 20, \"checkpointEvery\": 4, \"failAt\": 11, \"failure\": \"io\"}");
        assertThat(first.getFailed().getTransient()).isTrue();
        JobEvent second = run("two", "steps", "{\"steps\": 20}");
        assertThat(second.getSucceeded().getSummaryJson()).isEqualTo("{\"steps\":20,\"resumedAfter\":8}");
        assertThat(second.getSucceeded().getOutputsOrThrow("numbers").getArtifact())
                .isEqualTo(whole.getSucceeded().getOutputsOrThrow("numbers").getArtifact());
    }

    @ParameterizedTest
    @CsvSource({
        "method, invalid-parameter, false",
        "io, io, true",
        "internal, internal, false",
        "memory, out-of-memory, false"
    })
    void steps_fail_as_they_are_told(String how, String code, boolean passing) {
        var failed = run("j", "steps", "{\"failAt\": 2, \"failure\": \"" + how + "\"}")
                .getFailed();
        assertThat(failed.getProblem().getCode()).isEqualTo(code);
        assertThat(failed.getTransient()).isEqualTo(passing);
    }

    @Test
    void write_writes_the_same_bytes_each_time() {
        var one = run("a", "write", "{\"mebibytes\": 2}").getSucceeded().getOutputsOrThrow("bytes");
        var two = run("b", "write", "{\"mebibytes\": 2, \"ask\": true}")
                .getSucceeded()
                .getOutputsOrThrow("bytes");
        assertThat(one.getSize()).isEqualTo(2 << 20);
        assertThat(two).isEqualTo(one);
    }

    @Test
    void tensors_refuses_a_header_that_lies() throws IOException {
        Path tree = store.newTree("model");
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}".getBytes(StandardCharsets.UTF_8);
        byte[] file = new byte[8 + header.length + 4]; // 12 bytes too few
        file[0] = (byte) header.length;
        System.arraycopy(header, 0, file, 8, header.length);
        Files.write(tree.resolve("model.safetensors"), file);
        String model = store.put(ArtifactKind.MODEL, tree).id().toString();
        Problem problem = run(RunJob.newBuilder().setJobId("j").putInputs("model", model), "tensors", "{}")
                .getFailed()
                .getProblem();
        assertThat(problem.getCode()).isEqualTo("bad-input");
        assertThat(problem.getFile()).isEqualTo("model.safetensors");
        assertThat(problem.getDetail()).doesNotContain("\n").contains("model.safetensors");
    }

    private JobEvent run(String jobId, String method, String params) {
        return run(RunJob.newBuilder().setJobId(jobId), method, params);
    }

    private JobEvent run(RunJob.Builder job, String method, String params) {
        RunJob complete = job.setParamsJson(params).setSeed(7).build();
        HostedMethod<?> hosted = catalog.find("probe/" + method).orElseThrow();
        return new JobRun(hosted, complete, new JobMeans(store, 1, 0), SILENT).execute();
    }
}
