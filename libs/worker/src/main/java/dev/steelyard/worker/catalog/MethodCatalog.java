package dev.steelyard.worker.catalog;

import dev.steelyard.method.Method;
import dev.steelyard.method.ParamsReader;
import jakarta.validation.Validator;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/** All methods of a service, by "service/name". */
public final class MethodCatalog {
    private final String service;
    private final SequencedMap<String, HostedMethod<?>> methods = new TreeMap<>();

    /**
     * Takes in methods.
     *
     * @throws IllegalArgumentException when there is none, two have the same name, or one is described wrongly
     */
    public MethodCatalog(String service, List<Method<?>> found) {
        this.service = service;
        Validator validator = ParamsReader.validator();
        for (Method<?> method : found) {
            HostedMethod<?> hosted = HostedMethod.of(service, method, validator);
            HostedMethod<?> other = methods.put(hosted.id(), hosted);
            if (other != null) {
                throw new IllegalArgumentException("two methods are called " + hosted.id() + ": "
                        + method.getClass().getName() + ", "
                        + other.method().getClass().getName());
            }
        }
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("service " + service + " has no methods on its class path");
        }
    }

    public String service() {
        return service;
    }

    public Optional<HostedMethod<?>> find(String id) {
        return Optional.ofNullable(methods.get(id));
    }

    /** All, by name. */
    public Collection<HostedMethod<?>> all() {
        return methods.values();
    }

    /** Whether there is a method of seconds to hours. */
    public boolean hasLong() {
        return methods.values().stream().anyMatch(m -> !m.spec().isShort());
    }

    /** Whether there is a method of milliseconds. */
    public boolean hasShort() {
        return methods.values().stream().anyMatch(m -> m.spec().isShort());
    }
}
