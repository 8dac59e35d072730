package dev.steelyard.gateway.jobs;

import com.google.protobuf.Duration;
import dev.steelyard.proto.Topics;
import dev.steelyard.proto.v1.RunJob;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is told about a job.
 *
 * @param inputs name to artifact id
 * @param timeoutMillis longest run of one attempt; null: the worker's limit
 */
record Dispatch(
        UUID id,
        String method,
        String methodVersion,
        boolean isShort,
        String paramsJson,
        Map<String, String> inputs,
        long seed,
        @Nullable Long timeoutMillis,
        @Nullable String traceParent) {

    String topic() {
        String service = method.substring(0, method.indexOf('/'));
        return isShort ? Topics.shortJobs(service) : Topics.jobs(service);
    }

    byte[] record(int dispatch) {
        RunJob.Builder run = RunJob.newBuilder()
                .setJobId(id.toString())
                .setDispatch(dispatch)
                .setMethod(method)
                .setMethodVersion(methodVersion)
                .setParamsJson(paramsJson)
                .putAllInputs(inputs)
                .setSeed(seed);
        if (timeoutMillis != null) {
            run.setTimeout(Duration.newBuilder()
                    .setSeconds(timeoutMillis / 1000)
                    .setNanos((int) (timeoutMillis % 1000) * 1_000_000));
        }
        return run.build().toByteArray();
    }
}
