package dev.steelyard.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The environment that native libraries of this process read with {@code getenv}. Java's own copy, {@link
 * System#getenv}, is taken at start and does not change.
 */
final class Environment {
    private final MethodHandle setenv;

    private Environment(MethodHandle setenv) {
        this.setenv = setenv;
    }

    @SuppressWarnings("restricted")
    static Environment ofProcess() {
        Linker linker = Linker.nativeLinker();
        // int setenv(const char *name, const char *value, int overwrite), POSIX.1-2001
        var signature = FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        return new Environment(linker.downcallHandle(linker.defaultLookup().findOrThrow("setenv"), signature));
    }

    void set(String name, String value) {
        set(name, value, 1);
    }

    /** An operator's own setting wins. */
    void setIfAbsent(String name, String value) {
        set(name, value, 0);
    }

    private void set(String name, String value, int overwrite) {
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), overwrite);
            if (failed != 0) {
                throw new IllegalStateException("cannot set " + name + " in the environment");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot set " + name + " in the environment", e);
        }
    }
}
