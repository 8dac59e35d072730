package dev.steelyard.worker.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Param;
import dev.steelyard.method.Port;
import dev.steelyard.proto.v1.MethodAnnouncement;
import jakarta.validation.constraints.Max;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodCatalogTest {

    @Test
    void methods_below_a_package_are_found_without_being_registered() {
        assertThat(MethodScanner.scan(List.of("dev.steelyard.worker.sample")))
                .extracting(method -> method.spec().name())
                .containsExactlyInAnyOrder("hooked", "napper", "quick");
    }

    @Test
    void two_methods_of_one_name_are_refused() {
        assertThatThrownBy(
                        () -> catalog(List.of(spec("twin").build(), spec("twin").build())))
                .hasMessageContaining("two methods are called svc/twin");
    }

    @Test
    void example_that_would_be_refused_is_found_at_the_start() {
        assertThatThrownBy(() -> catalog(
                        List.of(spec("m").example("Too much", "{\"bits\": 9}").build())))
                .hasMessage("method svc/m: an example is wrong: bits = 9: expected an integer of at most 8");
    }

    @Test
    void service_without_methods_is_refused() {
        assertThatThrownBy(() -> catalog(List.of())).hasMessage("service svc has no methods on its class path");
    }

    @Test
    void announcement_says_all_there_is_to_know() {
        MethodSpec<Params> spec = spec("m")
                .summary("Sums up.")
                .description("At *length*.")
                .paper("A title", "arXiv:1234.56789")
                .input(Port.model("model", "in").optional())
                .output(Port.report("report", "out"))
                .example("Few", "{\"bits\": 2}")
                .shortJobs()
                .build();
        HostedMethod<?> hosted = catalog(List.of(spec)).find("svc/m").orElseThrow();
        MethodAnnouncement said = Announcement.of(hosted, Instant.ofEpochSecond(5));
        assertThat(said.getService() + "/" + said.getName() + " " + said.getVersion())
                .isEqualTo("svc/m 3");
        assertThat(said.getSummary()).isEqualTo("Sums up.");
        assertThat(said.getDescription()).isEqualTo("At *length*.");
        assertThat(said.getPaper().getReference()).isEqualTo("arXiv:1234.56789");
        assertThat(said.getInputs(0).getRequired()).isFalse();
        assertThat(said.getOutputs(0).getKind()).isEqualTo("report");
        assertThat(said.getExamples(0).getTitle()).isEqualTo("Few");
        assertThat(said.getShort()).isTrue();
        assertThat(said.getParamsSchemaJson()).contains("\"maximum\":8");
    }

    private static MethodCatalog catalog(List<MethodSpec<Params>> specs) {
        return new MethodCatalog(
                "svc", specs.stream().<Method<?>>map(Described::new).toList());
    }

    private static MethodSpec.Builder<Params> spec(String name) {
        return MethodSpec.of(name, "3", Params.class);
    }

    /** Parameters. */
    public record Params(
            @Param(value = "Bits", defaultValue = "4") @Max(8)
            int bits) {}

    private record Described(MethodSpec<Params> spec) implements Method<Params> {
        @Override
        public Outputs run(Params params, JobContext job) {
            return Outputs.of();
        }
    }
}
