package dev.steelyard.quantizer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The quantizer service. */
@SpringBootApplication
public class QuantizerApplication {

    public static void main(String[] args) {
        SpringApplication.run(QuantizerApplication.class, args);
    }
}
