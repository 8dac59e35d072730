package dev.steelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steelyard.launcher.RunState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The platform on one machine, driven by the command line. The last test kills it, so the order matters. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlatformIT {

    @TempDir
    static Path folder = Path.of("");

    private static Path data() {
        return folder.resolve("data");
    }

    @BeforeAll
    static void start_the_platform() throws Exception {
        up();
    }

    @AfterAll
    static void stop_the_platform() throws Exception {
        steelyard("down").succeeded();
    }

    private static void up() throws Exception {
        steelyard("up", "--detach", "--services=probe", "--port=0", "--kafka-port=0", "--postgres-port=0")
                .succeeded();
    }

    private static CommandLineRun steelyard(String... arguments) throws IOException, InterruptedException {
        return CommandLineRun.of(data(), arguments);
    }

    @Test
    @Order(1)
    void a_model_goes_from_the_command_line_through_a_job_to_its_lineage() throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.write(model.resolve("model.safetensors"), oneTensor());

        String artifact = steelyard("artifacts", "import", model.toString(), "--kind=model")
                .succeeded()
                .lastLine();
        steelyard("models", "register", "tiny", artifact).succeeded();
        CommandLineRun followed = steelyard(
                        "submit", "probe/tensors", "--model=tiny", "--label=test=lineage", "--follow")
                .succeeded();
        assertThat(followed.out()).contains("SUCCEEDED").contains("tensors  1");

        String job = steelyard("jobs", "--label=test:lineage", "--ids").lastLine();
        List<String> tree = steelyard("lineage", job).succeeded().out().lines().toList();
        assertThat(tree).hasSize(3);
        assertThat(tree.get(0)).startsWith("report sha256:");
        assertThat(tree.get(1)).contains("└─").contains("probe/tensors").contains(job.substring(0, 12));
        assertThat(tree.get(2)).contains("   └─").contains(artifact.substring(0, 19));
    }

    @Test
    @Order(2)
    void a_job_that_fails_gives_its_reason_and_a_bad_exit_code() throws Exception {
        CommandLineRun run = steelyard("submit", "probe/steps", "--param=failAt=2", "--follow");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lastLine()).startsWith("steelyard: job ").contains("FAILED: ");
    }

    @Test
    @Order(2)
    void a_running_job_can_be_cancelled() throws Exception {
        String job = steelyard("submit", "probe/steps", "--param=steps=1000", "--param=millis=1000", "--no-cache")
                .succeeded()
                .lastLine();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> steelyard("job", job).out().contains("RUNNING"));

        steelyard("cancel", job.substring(0, 8)).succeeded();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> steelyard("job", job).out().contains("CANCELLED"));
    }

    @Test
    @Order(2)
    void an_artifact_comes_back_as_it_was_sent() throws Exception {
        Path sent = Files.writeString(folder.resolve("words.txt"), "one\ntwo\n");
        String artifact = steelyard("artifacts", "import", sent.toString(), "--kind=dataset")
                .succeeded()
                .lastLine();
        Path back = folder.resolve("back");

        steelyard("artifacts", "download", artifact.substring(0, 20), "--output=" + back)
                .succeeded();

        assertThat(back.resolve("words.txt")).hasSameBinaryContentAs(sent);
    }

    @Test
    @Order(2)
    void a_model_that_comes_as_gguf_becomes_a_folder_that_methods_read() throws Exception {
        Path gguf =
                Path.of("../libs/artifacts/src/test/resources/gguf/small.gguf").toAbsolutePath();
        String model = steelyard("artifacts", "import", gguf.toString(), "--kind=model", "--weights=fp32")
                .succeeded()
                .lastLine();
        Path back = folder.resolve("decoder");
        steelyard("artifacts", "download", model, "--output=" + back).succeeded();

        assertThat(back.resolve("model.safetensors"))
                .hasSameBinaryContentAs(gguf.resolveSibling("small").resolve("model.safetensors"));
        assertThat(steelyard("submit", "probe/tensors", "--model=" + model, "--follow")
                        .succeeded()
                        .out())
                .contains("tensors  20");
        CommandLineRun refused = steelyard("artifacts", "import", gguf.toString(), "--kind=model", "--weights=int4");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.lastLine()).contains("weights").contains("expected bf16 or fp32");
    }

    @Test
    @Order(2)
    void a_parameter_out_of_range_is_refused_by_name() throws Exception {
        CommandLineRun run = steelyard("submit", "probe/steps", "--param=steps=0");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).contains("steps").hasLineCount(1);
    }

    @Test
    @Order(2)
    void a_second_platform_on_the_same_folder_is_refused() throws Exception {
        CommandLineRun run = steelyard("up", "--services=probe", "--port=0", "--kafka-port=0", "--postgres-port=0");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lastLine())
                .contains(data() + " is in use by another platform (pid " + state().pid() + ")")
                .contains("--data");
    }

    @Test
    @Order(2)
    void a_second_detached_start_leaves_the_log_of_the_running_platform() throws Exception {
        Path log = data().resolve("logs").resolve("up.log");
        String before = Files.readString(log);

        CommandLineRun run =
                steelyard("up", "--detach", "--services=probe", "--port=0", "--kafka-port=0", "--postgres-port=0");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lastLine()).contains("is in use by another platform");
        assertThat(before).contains("Steelyard starts on");
        assertThat(Files.readString(log)).startsWith(before);
    }

    @Test
    @Order(3)
    void killing_the_launcher_leaves_no_process_and_the_next_start_keeps_everything() throws Exception {
        String jobs = steelyard("jobs", "--ids").succeeded().out();
        assertThat(jobs).isNotBlank();
        ProcessHandle launcher = ProcessHandle.of(state().pid()).orElseThrow();
        List<ProcessHandle> children = launcher.descendants().toList();
        assertThat(children).hasSizeGreaterThan(3);

        launcher.destroyForcibly();

        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(steelyard("status").exit()).isEqualTo(1);

        up();

        assertThat(steelyard("jobs", "--ids").succeeded().out()).isEqualTo(jobs);
        assertThat(steelyard("submit", "probe/tensors", "--model=tiny", "--no-cache", "--follow")
                        .succeeded()
                        .out())
                .contains("SUCCEEDED");
        assertThat(steelyard("status").exit()).isZero();
    }

    private static RunState state() {
        return RunState.read(data()).orElseThrow();
    }

    /** A safetensors file with one float in it. */
    private static byte[] oneTensor() {
        byte[] header = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(1.5f)
                .array();
    }
}
