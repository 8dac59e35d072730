package dev.steelyard.incremental;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The incremental learner service. */
@SpringBootApplication
public class IncrementalLearnerApplication {

    public static void main(String[] args) {
        SpringApplication.run(IncrementalLearnerApplication.class, args);
    }
}
