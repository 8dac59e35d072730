package dev.steelyard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventStreamTest {

    @Test
    void events_come_in_order_and_the_last_id_is_kept() throws IOException {
        String body = """
                : greeting

                id: 1
                event: state
                data: {"state":"RUNNING"}

                id: 2
                event:progress
                data:{"fraction":0.25,
                data: "message":"layer 1"}

                id: 3
                event: log
                data: {"level":"WARN","message":"slow disk"}

                event: metric
                data: {"name":"loss","step":7,"value":0.5}

                id: 4
                event: state
                data: {"state":"SUCCEEDED"}

                """;

        List<JobEvent> seen = new ArrayList<>();
        try (EventStream events = new EventStream(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))) {
            events.forEach(seen::add);
            assertThat(events.lastId()).isEqualTo("4");
        }

        assertThat(seen)
                .containsExactly(
                        new JobEvent.StateChanged(Job.State.RUNNING),
                        new JobEvent.Progressed(0.25, "layer 1"),
                        new JobEvent.Logged("WARN", "slow disk"),
                        new JobEvent.Measured("loss", 7, 0.5),
                        new JobEvent.StateChanged(Job.State.SUCCEEDED));
    }

    @Test
    void events_of_unknown_kind_or_shape_are_passed_over() {
        assertThat(EventStream.parse("weather", "{}")).isEmpty();
        assertThat(EventStream.parse("state", "{\"state\":\"DREAMING\"}")).isEmpty();
        assertThat(EventStream.parse("state", "no json")).isEmpty();
    }
}
