package dev.steelyard.cli;

import dev.steelyard.launcher.RunState;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which platform of this machine is meant. */
final class LocalPlatform {
    @Option(
            names = "--data",
            paramLabel = "<folder>",
            defaultValue = "${env:STEELYARD_DATA}",
            description = "where the platform on this machine keeps everything (or STEELYARD_DATA); else ~/.steelyard")
    private @Nullable Path data;

    /** Its data folder. */
    Path data() {
        return (data == null ? RunState.usualData() : data).toAbsolutePath().normalize();
    }
}
