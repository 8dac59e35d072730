package dev.steelyard.incremental.gacil;

import dev.steelyard.incremental.gacil.StateFile.Saved;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/** Adds two states that were learned apart. */
record Merging(GAcilParams params, JobContext job) {

    Outputs run() throws MethodException, IOException, InterruptedException {
        job.progress(0, "reading the states");
        try (Saved one = StateFile.read(required("state"));
                Saved two = StateFile.read(required("other"))) {
            requireAlike("features", one.origin(), two.origin());
            requireAlike("labels are numbers", one.numbers(), two.numbers());
            requireAlike(
                    "random buffers have sha256",
                    one.state().buffer().hash(),
                    two.state().buffer().hash());
            double gamma = gamma(one, two);
            job.checkCancelled();
            job.progress(0.5, "adding the states");
            long samples = sum(one.state().counts()) + sum(two.state().counts());
            one.state().merge(two.state());
            ObjectNode report = Results.JSON.createObjectNode().put("samples", samples);
            return new Results(params, job).write(one.with(gamma), report).with("samples", samples);
        }
    }

    private Path required(String name) throws MethodException {
        return job.optionalInput(name)
                .orElseThrow(() -> MethodException.parameter("/mode", "merge needs the input " + name));
    }

    private double gamma(Saved one, Saved two) throws MethodException {
        if (params.gamma() == 0 && one.gamma() != two.gamma()) {
            throw MethodException.parameter(
                    "/gamma", "state has %s and other %s; say which it is to be".formatted(one.gamma(), two.gamma()));
        }
        return params.gammaOr(one.gamma());
    }

    private static void requireAlike(String what, Object one, Object two) throws MethodException {
        if (!one.equals(two)) {
            throw MethodException.input("other: %s: %s; of state: %s".formatted(what, two, one));
        }
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
