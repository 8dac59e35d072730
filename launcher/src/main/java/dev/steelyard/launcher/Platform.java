package dev.steelyard.launcher;

import dev.steelyard.embedded.Children;
import dev.steelyard.embedded.EmbeddedException;
import dev.steelyard.embedded.EmbeddedKafka;
import dev.steelyard.embedded.EmbeddedPostgres;
import dev.steelyard.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A running platform: the broker in this JVM, the database, the gateway and the services as its children, all on
 * loopback. Closing it stops them in reverse order; ending the JVM does too, and killing it takes the children along.
 */
public final class Platform implements AutoCloseable {
    private final PlatformOptions options;
    private final Consumer<String> announce;
    private final Function<AotCache, List<String>> cacheFlags;
    private final Children children = new Children();
    private final DataFolder data;
    private final Infrastructure infrastructure;
    private final List<ServiceProcess> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::stop, "platform-stop");
    private boolean stopped;

    private Platform(
            PlatformOptions options,
            DataFolder data,
            Consumer<String> announce,
            Function<AotCache, List<String>> cacheFlags) {
        this.options = options;
        this.data = data;
        this.announce = announce;
        this.cacheFlags = cacheFlags;
        this.infrastructure = new Infrastructure(data, options.ports(), children, announce);
    }

    /**
     * Starts everything and returns when the gateway and all services are ready.
     *
     * @param announce is told, in one line each, what a person would want to know
     * @throws LauncherException when something is missing, taken or does not come up; nothing is left running then
     */
    public static Platform start(PlatformOptions options, Consumer<String> announce) {
        return start(options, announce, AotCache::use);
    }

    static Platform start(
            PlatformOptions options, Consumer<String> announce, Function<AotCache, List<String>> cacheFlags) {
        Preflight.check(options);
        DataFolder data = DataFolder.hold(options.data());
        try {
            Preflight.checkPort(options.ports().gateway(), "--port");
            Preflight.checkPort(options.ports().kafka(), "--kafka-port");
            if (!data.hasStaleDatabase()) { // one that was left behind holds its port until it is stopped
                Preflight.checkPort(options.ports().postgres(), "--postgres-port");
            }
            Platform platform = new Platform(options, data, announce, cacheFlags);
            platform.start();
            return platform;
        } catch (EmbeddedException e) {
            data.close();
            throw new LauncherException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private void start() {
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            infrastructure.start(options.topology(), options.services().sequencedKeySet());
            startProcesses();
            writeState(false);
            long deadline = System.nanoTime() + options.patience().toNanos();
            for (ServiceProcess process : processes) {
                process.awaitReady(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
            writeState(true);
        } catch (RuntimeException e) {
            stop();
            unhook();
            throw e;
        }
    }

    private void startProcesses() {
        int port =
                options.ports().gateway() == 0 ? Ports.free() : options.ports().gateway();
        processes.add(process(Distribution.GATEWAY, Distribution.GATEWAY, port));
        options.services().forEach((service, count) -> {
            for (String name : PlatformOptions.processNames(service, count)) {
                processes.add(process(name, service, Ports.free()));
            }
        });
        processes.forEach(ServiceProcess::start);
    }

    private ServiceProcess process(String name, String app, int port) {
        Application application = new Application(app, options.distribution());
        Map<String, String> environment =
                Application.common(port, infrastructure.kafka().bootstrapServers(), data.store());
        if (app.equals(Distribution.GATEWAY)) {
            environment.putAll(Application.gateway(
                    infrastructure.postgres().jdbcUrl(),
                    EmbeddedPostgres.USER,
                    infrastructure.postgres().password(),
                    data.adminKey(),
                    options.importRoots()));
        }
        environment.putAll(options.environment().getOrDefault(app, Map.of()));
        return new ServiceProcess(
                name,
                URI.create("http://127.0.0.1:" + port),
                data.log(name),
                () -> application.command(cacheFlags.apply(application.aotCache()), environment),
                children,
                announce);
    }

    private void writeState(boolean ready) {
        new RunState(
                        ProcessHandle.current().pid(),
                        ProcessStart.own(),
                        ready,
                        gateway().toString(),
                        data.adminKey().toString(),
                        infrastructure.kafka().bootstrapServers(),
                        infrastructure.postgres().jdbcUrl(),
                        processes.stream()
                                .map(process -> new RunState.ServiceState(
                                        process.name(), process.url().toString()))
                                .toList())
                .write(data.root());
    }

    /** Where the gateway listens. */
    public URI gateway() {
        return processes.getFirst().url();
    }

    /** The first admin key. */
    public String adminKey() {
        try {
            return Files.readString(data.adminKey()).strip();
        } catch (IOException e) {
            throw new LauncherException("cannot read the admin key " + data.adminKey() + ": " + e.getMessage(), e);
        }
    }

    /** The broker, which may be stopped and started again. */
    public EmbeddedKafka kafka() {
        return infrastructure.kafka();
    }

    /** The database, which may be stopped and started again. */
    public EmbeddedPostgres postgres() {
        return infrastructure.postgres();
    }

    /** The gateway, then the services in the order they were started. */
    public List<ServiceProcess> processes() {
        return List.copyOf(processes);
    }

    /**
     * A process by its name.
     *
     * @param name "gateway", "quantizer", or "probe-2" where there are several
     */
    public ServiceProcess process(String name) {
        return processes.stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no process " + name));
    }

    /** Stops everything in reverse order. */
    @Override
    public void close() {
        stop();
        unhook();
    }

    private void unhook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending and the hook has run or runs
        }
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        List<ServiceProcess> services = processes.reversed();
        services.stream().limit(Math.max(0, services.size() - 1)).forEach(ServiceProcess::askToStop);
        services.forEach(ServiceProcess::close); // the gateway is the last of them
        infrastructure.stop();
        RunState.remove(data.root());
        data.close();
    }
}
