package dev.steelyard.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * When a process of this machine began, as boot and clock ticks since: no clock that is set changes it, and no two
 * processes of the same id share it.
 */
final class ProcessStart {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String ZOMBIE = "Z";
    private static final int TICKS = 19; // field 22 of /proc/<pid>/stat, counted from the one after the name

    private ProcessStart() {}

    /** Empty when there is no such process, or it has ended and only its parent has not looked. */
    static Optional<String> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1); // a name may hold anything
            if (fields[0].equals(ZOMBIE)) {
                return Optional.empty();
            }
            return Optional.of(Files.readString(BOOT).strip() + " " + fields[TICKS]);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Of this process. */
    static String own() {
        long pid = ProcessHandle.current().pid();
        return of(pid).orElseThrow(() -> new LauncherException("cannot read /proc/" + pid + "/stat"));
    }
}
