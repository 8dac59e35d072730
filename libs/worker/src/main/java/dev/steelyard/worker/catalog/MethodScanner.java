package dev.steelyard.worker.catalog;

import dev.steelyard.method.Method;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;

/** Finds the classes that implement {@link Method} below a package, so that a method need not be registered. */
public final class MethodScanner {
    private MethodScanner() {}

    /**
     * One instance of each method below the packages.
     *
     * @throws IllegalArgumentException naming the class that cannot be made by a public constructor without arguments
     */
    public static List<Method<?>> scan(List<String> packages) {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AssignableTypeFilter(Method.class));
        List<Method<?>> methods = new ArrayList<>();
        for (String each : packages) {
            for (BeanDefinition found : scanner.findCandidateComponents(each)) {
                methods.add(make(String.valueOf(found.getBeanClassName())));
            }
        }
        return methods;
    }

    private static Method<?> make(String className) {
        try {
            return Class.forName(className)
                    .asSubclass(Method.class)
                    .getConstructor()
                    .newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(className + " cannot be made: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(className + " needs a public constructor without arguments", e);
        }
    }
}
