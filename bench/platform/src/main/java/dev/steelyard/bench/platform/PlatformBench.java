package dev.steelyard.bench.platform;

import com.google.errorprone.annotations.FormatMethod;
import dev.steelyard.launcher.Distribution;
import dev.steelyard.launcher.Platform;
import dev.steelyard.launcher.PlatformOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Durable no-op jobs end to end: REST, PostgreSQL, Kafka, worker, Kafka, PostgreSQL, answer. Arguments: the distribution
 * and an empty data folder. Starts a platform with one probe worker of 16 slots; client, broker, database, gateway and
 * worker share one machine.
 */
public final class PlatformBench {
    private static final List<Load> WARM_UP =
            List.of(new Load("probe/noop", 64, 3_000, 1), new Load("probe/noop-short", 16, 20_000, 100));
    private static final List<Load> LOADS = List.of(
            new Load("probe/noop", 1, 500, 1),
            new Load("probe/noop", 16, 4_000, 1),
            new Load("probe/noop", 64, 8_000, 1),
            new Load("probe/noop-short", 1, 1_000, 1),
            new Load("probe/noop-short", 16, 8_000, 1),
            new Load("probe/noop-short", 64, 16_000, 1),
            new Load("probe/noop-short", 64, 60_000, 100));

    private PlatformBench() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: PlatformBench <distribution> <data folder>");
        }
        PlatformOptions options = PlatformOptions.of(new Distribution(Path.of(args[0])), Path.of(args[1]))
                .withPorts(PlatformOptions.Ports.free())
                .withServices(List.of("probe"))
                .withEnvironment("probe", Map.of("STEELYARD_WORKER_SLOTS", "16"));
        try (Platform platform = Platform.start(options, line -> print("%s", line))) {
            measure(new JobsClient(platform.gateway(), platform.adminKey()));
        }
    }

    private static void measure(JobsClient client) throws IOException, InterruptedException {
        String stamp = Long.toString(System.currentTimeMillis(), 36);
        for (Load load : WARM_UP) {
            load.run(client, "warm-" + stamp);
        }
        print(
                "%-18s %7s %6s %7s %8s   %8s %8s   %8s %8s   %8s %8s",
                "method",
                "clients",
                "batch",
                "jobs",
                "jobs/s",
                "e2e p50",
                "p99 ms",
                "wait p50",
                "p99 ms",
                "run p50",
                "p99 ms");
        for (Load load : LOADS) {
            Load.Result result = load.run(client, "bench-" + stamp);
            print(
                    "%-18s %7d %6d %7d %8.0f   %8.1f %8.1f   %8.1f %8.1f   %8.1f %8.1f",
                    load.method(),
                    load.clients(),
                    load.batch(),
                    load.jobs(),
                    result.jobsPerSecond(),
                    result.endToEnd().quantile(0.5),
                    result.endToEnd().quantile(0.99),
                    result.queued().quantile(0.5),
                    result.queued().quantile(0.99),
                    result.ran().quantile(0.5),
                    result.ran().quantile(0.99));
        }
        print("every job of every row ended once, SUCCEEDED");
    }

    @FormatMethod
    private static void print(String format, Object... values) {
        System.out.println(String.format(format, values));
    }
}
