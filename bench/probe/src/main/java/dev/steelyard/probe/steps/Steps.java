package dev.steelyard.probe.steps;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Goes so many steps of so many milliseconds, draws one random number in each and writes them down. What it writes
 * depends on seed and steps only, however often it was stopped and resumed.
 */
public final class Steps implements Method<StepsParams> {
    private static final String STATE = "numbers.txt";

    @Override
    public MethodSpec<StepsParams> spec() {
        return MethodSpec.of("steps", "1", StepsParams.class)
                .summary("Goes so many steps, and can be told to misbehave.")
                .description(
                        "Tests progress, checkpoints, cancellation and failures. The report lists one random number"
                                + " for each step; it depends on the seed and the number of steps only.")
                .output(Port.report("numbers", "one random number a step, a line each"))
                .example("Ten seconds, resumable", "{\"steps\": 100, \"millis\": 100, \"checkpointEvery\": 10}")
                .example("Fails half way", "{\"steps\": 10, \"failAt\": 5, \"failure\": \"method\"}")
                .build();
    }

    @Override
    public Outputs run(StepsParams params, JobContext job) throws MethodException, IOException, InterruptedException {
        List<String> numbers = new ArrayList<>();
        Optional<Path> saved = job.restore();
        if (saved.isPresent()) {
            numbers.addAll(Files.readAllLines(saved.get().resolve(STATE)));
            job.log("resumed after step " + numbers.size());
        }
        int resumedAfter = numbers.size();
        for (int step = resumedAfter + 1; step <= params.steps(); step++) {
            pause(params, job);
            if (step == params.failAt()) {
                fail(params.failure(), step);
            }
            RandomGenerator random = job.random("step-" + step);
            numbers.add(Long.toUnsignedString(random.nextLong()));
            job.metric("number", step, random.nextDouble());
            job.progress((double) step / params.steps(), "step " + step + " of " + params.steps());
            if (params.checkpointEvery() > 0 && step % params.checkpointEvery() == 0) {
                job.checkpoint(folder -> Files.write(folder.resolve(STATE), numbers));
            }
        }
        Files.write(job.output("numbers").resolve(STATE), numbers);
        return Outputs.of("numbers").with("steps", params.steps()).with("resumedAfter", resumedAfter);
    }

    private static void pause(StepsParams params, JobContext job) throws InterruptedException {
        if (params.obedience() == StepsParams.Obedience.AT_ONCE) {
            job.checkCancelled();
            Thread.sleep(params.millis());
            return;
        }
        long until = System.nanoTime() + Duration.ofMillis(params.millis()).toNanos();
        while (System.nanoTime() < until) {
            try {
                Thread.sleep(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            } catch (InterruptedException e) {
                job.log("told to stop, going on");
            }
        }
    }

    private static void fail(StepsParams.Failure failure, int step) throws MethodException, IOException {
        switch (failure) {
            case METHOD -> throw MethodException.parameter("/failAt", "failAt = " + step + ": failing as asked");
            case IO -> throw new IOException("failing as asked at step " + step);
            case INTERNAL -> throw new IllegalStateException("failing as asked at step " + step);
            case MEMORY -> throw new OutOfMemoryError("failing as asked at step " + step);
        }
    }
}
