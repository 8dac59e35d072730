package dev.steelyard.gateway.problems;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class ProblemAdviceTest {
    @RestController
    static final class Failing {
        private final Exception cause;

        Failing(Exception cause) {
            this.cause = cause;
        }

        @GetMapping("/")
        String fail() throws Exception {
            throw cause;
        }
    }

    @Test
    void a_full_disk_is_said_whoever_met_it() throws Exception {
        IOException full = new FileSystemException("/store/x", null, "No space left on device");
        for (Exception met : new Exception[] {
            full, new UncheckedIOException(full), new DataAccessResourceFailureException("could not extend file", full)
        }) {
            answers(met, 507, "disk-full");
        }
    }

    @Test
    void another_failure_of_files_is_told_without_their_names() throws Exception {
        answers(new IOException("/secret/path: Input/output error"), 500, "io");
        answers(new DataAccessResourceFailureException("connection refused"), 503, "unavailable");
        answers(new IllegalStateException("a fault"), 500, "internal");
    }

    private static void answers(Exception thrown, int status, String code) throws Exception {
        MockMvc web = MockMvcBuilders.standaloneSetup(new Failing(thrown))
                .setControllerAdvice(new ProblemAdvice())
                .build();
        web.perform(get("/"))
                .andExpect(status().is(status))
                .andExpect(jsonPath("$.code").value(code))
                .andExpect(jsonPath("$.detail")
                        .value(org.hamcrest.Matchers.not(org.hamcrest.Matchers.containsString("secret"))));
    }
}
