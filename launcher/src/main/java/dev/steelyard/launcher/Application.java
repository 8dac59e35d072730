package dev.steelyard.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The command and the variables that start one application, as its image and chart do.
 *
 * @param app "gateway" or a service
 */
record Application(String app, Distribution distribution) {

    /**
     * The command.
     *
     * @param moreFlags of the JVM, such as those of the AOT cache
     */
    ProcessBuilder command(List<String> moreFlags, Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        words.add(Jvm.java().toString());
        words.addAll(Jvm.flags(app));
        words.addAll(moreFlags);
        words.addAll(List.of("-jar", distribution.jar(app).toString()));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(Application::changesTheJvm);
        builder.environment().putAll(environment);
        return builder;
    }

    /** Flags from outside would part the command from its AOT cache, and Spring would read stray settings. */
    private static boolean changesTheJvm(String variable) {
        return variable.equals("JDK_JAVA_OPTIONS")
                || variable.equals("CLASSPATH")
                || variable.startsWith("SPRING_")
                || variable.startsWith("SERVER_");
    }

    AotCache aotCache() {
        return new AotCache(distribution, app, Jvm.flags(app));
    }

    /** What every application is told. */
    static Map<String, String> common(int port, String bootstrapServers, Path store) {
        Map<String, String> variables = new HashMap<>(Jvm.environment());
        variables.put("SERVER_ADDRESS", "127.0.0.1");
        variables.put("SERVER_PORT", String.valueOf(port));
        variables.put("STEELYARD_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
        variables.put("STEELYARD_STORE_PATH", store.toString());
        return variables;
    }

    /** What the gateway is told besides. */
    static Map<String, String> gateway(String jdbcUrl, String user, String password, Path adminKey, List<Path> roots) {
        Map<String, String> variables = new HashMap<>();
        variables.put("SPRING_DATASOURCE_URL", jdbcUrl);
        variables.put("SPRING_DATASOURCE_USERNAME", user);
        variables.put("SPRING_DATASOURCE_PASSWORD", password);
        variables.put("STEELYARD_GATEWAY_ADMIN_KEY_FILE", adminKey.toString());
        if (!roots.isEmpty()) {
            variables.put(
                    "STEELYARD_GATEWAY_IMPORT_ROOTS",
                    roots.stream()
                            .map(root -> root.toAbsolutePath().normalize().toString())
                            .collect(Collectors.joining(",")));
        }
        return variables;
    }
}
