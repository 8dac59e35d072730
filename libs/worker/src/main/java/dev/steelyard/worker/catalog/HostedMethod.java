package dev.steelyard.worker.catalog;

import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.ParamsReader;
import jakarta.validation.Validator;
import java.io.IOException;

/**
 * A method and what is known about it.
 *
 * @param id "service/name"
 * @param params reads its parameters
 */
public record HostedMethod<P extends Record>(
        String service, String id, Method<P> method, MethodSpec<P> spec, ParamsReader<P> params) {

    /**
     * Looks at a method.
     *
     * @throws IllegalArgumentException when its parameters record or an example is wrong; names the method
     */
    static <P extends Record> HostedMethod<P> of(String service, Method<P> method, Validator validator) {
        MethodSpec<P> spec = method.spec();
        String id = service + "/" + spec.name();
        try {
            ParamsReader<P> params = ParamsReader.of(spec.params(), validator);
            for (MethodSpec.Example example : spec.examples()) {
                params.read(example.paramsJson());
            }
            return new HostedMethod<>(service, id, method, spec, params);
        } catch (MethodException e) {
            throw new IllegalArgumentException("method " + id + ": an example is wrong: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("method " + id + ": " + e.getMessage(), e);
        }
    }

    /** Reads the parameters and runs the method. */
    public Outputs run(String paramsJson, JobContext job) throws MethodException, IOException, InterruptedException {
        return method.run(params.read(paramsJson), job);
    }
}
