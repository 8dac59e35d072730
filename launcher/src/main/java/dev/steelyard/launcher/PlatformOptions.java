package dev.steelyard.launcher;

import dev.steelyard.embedded.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * How to start a platform.
 *
 * @param distribution what to start
 * @param data the folder that keeps everything; made when absent
 * @param ports where to listen
 * @param services service name to how many processes of it, such as "quantizer" to 1
 * @param topology topics and locks
 * @param importRoots folders from which the gateway may import
 * @param environment application name to variables for it beyond the usual ones
 * @param patience how long all of it may take to be ready
 */
public record PlatformOptions(
        Distribution distribution,
        Path data,
        Ports ports,
        SequencedMap<String, Integer> services,
        Topology topology,
        List<Path> importRoots,
        Map<String, Map<String, String>> environment,
        Duration patience) {

    /** Ports of the loopback interface; 0: any free one. */
    public record Ports(int gateway, int kafka, int postgres) {
        /** Known ones, so that clients need not ask. */
        public static Ports usual() {
            return new Ports(7070, 7071, 7072);
        }

        /** Free ones, so that several platforms can run side by side. */
        public static Ports free() {
            return new Ports(0, 0, 0);
        }
    }

    public PlatformOptions {
        data = data.toAbsolutePath().normalize();
        services = new LinkedHashMap<>(services);
        importRoots = List.copyOf(importRoots);
        environment = Map.copyOf(environment);
    }

    /** The usual ports and every service of the distribution, once. */
    public static PlatformOptions of(Distribution distribution, Path data) {
        SequencedMap<String, Integer> services = new LinkedHashMap<>();
        distribution.services().forEach(service -> services.put(service, 1));
        return new PlatformOptions(
                distribution,
                data,
                Ports.usual(),
                services,
                Topology.standard(),
                List.of(),
                Map.of(),
                Duration.ofMinutes(3));
    }

    /** The same on other ports. */
    public PlatformOptions withPorts(Ports other) {
        return new PlatformOptions(distribution, data, other, services, topology, importRoots, environment, patience);
    }

    /**
     * The same with these services only.
     *
     * @param names "probe" for one process, "probe:2" for two
     */
    public PlatformOptions withServices(List<String> names) {
        SequencedMap<String, Integer> chosen = new LinkedHashMap<>();
        for (String name : names) {
            int colon = name.indexOf(':');
            chosen.put(colon < 0 ? name : name.substring(0, colon), colon < 0 ? 1 : count(name, colon));
        }
        return new PlatformOptions(distribution, data, ports, chosen, topology, importRoots, environment, patience);
    }

    private static int count(String name, int colon) {
        try {
            int count = Integer.parseInt(name.substring(colon + 1));
            if (count >= 1 && count <= 64) {
                return count;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new LauncherException("service '" + name + "': expected <name> or <name>:<processes>, 1 to 64");
    }

    /** The same with other topics and locks. */
    public PlatformOptions withTopology(Topology other) {
        return new PlatformOptions(distribution, data, ports, services, other, importRoots, environment, patience);
    }

    /** The same with folders the gateway may import from. */
    public PlatformOptions withImportRoots(List<Path> roots) {
        return new PlatformOptions(distribution, data, ports, services, topology, roots, environment, patience);
    }

    /**
     * The same with more environment variables for one application.
     *
     * @param app "gateway" or a service
     */
    public PlatformOptions withEnvironment(String app, Map<String, String> variables) {
        Map<String, Map<String, String>> more = new HashMap<>(environment);
        Map<String, String> merged = new HashMap<>(more.getOrDefault(app, Map.of()));
        merged.putAll(variables);
        more.put(app, Map.copyOf(merged));
        return new PlatformOptions(distribution, data, ports, services, topology, importRoots, more, patience);
    }

    /** Names of a service's processes: "quantizer", or "probe-1", "probe-2" when there are several. */
    static List<String> processNames(String service, int count) {
        if (count == 1) {
            return List.of(service);
        }
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> service + "-" + number)
                .toList();
    }
}
