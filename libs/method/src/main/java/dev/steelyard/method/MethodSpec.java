package dev.steelyard.method;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a method is called, where it comes from and what it takes.
 *
 * @param name lower case, unique in its service, such as "finequant"
 * @param version raised whenever the same work would give other bytes
 * @param summary one sentence
 * @param paper the publication
 * @param description Markdown: what it does, needs and costs, its memory bound
 * @param params the parameters record
 * @param inputs named artifacts it reads
 * @param outputs named artifacts it writes
 * @param isShort jobs of a few milliseconds, taken in batches
 * @param examples parameters worth showing
 */
public record MethodSpec<P extends Record>(
        String name,
        String version,
        String summary,
        Paper paper,
        String description,
        Class<P> params,
        List<Port> inputs,
        List<Port> outputs,
        boolean isShort,
        List<Example> examples) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    public MethodSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("method name '" + name + "': expected " + NAME);
        }
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        examples = List.copyOf(examples);
    }

    /**
     * A publication.
     *
     * @param reference "arXiv:2308.09723" or a URL
     */
    public record Paper(String title, String reference) {}

    /**
     * Parameters worth showing.
     *
     * @param paramsJson a JSON object
     */
    public record Example(String title, String paramsJson) {}

    public static <P extends Record> Builder<P> of(String name, String version, Class<P> params) {
        return new Builder<>(name, version, params);
    }

    /** @throws IllegalArgumentException when no such required input is declared */
    public void requireInput(String name) {
        if (inputs.stream().noneMatch(port -> port.name().equals(name) && port.required())) {
            throw new IllegalArgumentException("no required input is declared as '" + name + "'");
        }
    }

    /** @throws IllegalArgumentException when no such output is declared */
    public void requireOutput(String name) {
        if (outputs.stream().noneMatch(port -> port.name().equals(name))) {
            throw new IllegalArgumentException("no output is declared as '" + name + "'");
        }
    }

    /** @throws IllegalStateException when a run returned an output that is not declared, or not one that must be there */
    public void requireReturned(Outputs returned) {
        for (String name : returned.names()) {
            if (outputs.stream().noneMatch(port -> port.name().equals(name))) {
                throw new IllegalStateException("the method returned an output it does not declare: " + name);
            }
        }
        for (Port port : outputs) {
            if (port.required() && !returned.names().contains(port.name())) {
                throw new IllegalStateException("the method did not return its output " + port.name());
            }
        }
    }

    /** Collects a spec. */
    public static final class Builder<P extends Record> {
        private final String name;
        private final String version;
        private final Class<P> params;
        private String summary = "";
        private String description = "";
        private Paper paper = new Paper("", "");
        private final List<Port> inputs = new ArrayList<>();
        private final List<Port> outputs = new ArrayList<>();
        private final List<Example> examples = new ArrayList<>();
        private boolean isShort;

        private Builder(String name, String version, Class<P> params) {
            this.name = name;
            this.version = version;
            this.params = params;
        }

        public Builder<P> summary(String text) {
            summary = text;
            return this;
        }

        public Builder<P> paper(String title, String reference) {
            paper = new Paper(title, reference);
            return this;
        }

        public Builder<P> description(String markdown) {
            description = markdown;
            return this;
        }

        public Builder<P> input(Port port) {
            inputs.add(port);
            return this;
        }

        public Builder<P> output(Port port) {
            outputs.add(port);
            return this;
        }

        public Builder<P> example(String title, String paramsJson) {
            examples.add(new Example(title, paramsJson));
            return this;
        }

        /** Declares jobs of a few milliseconds, to be taken in batches. */
        public Builder<P> shortJobs() {
            isShort = true;
            return this;
        }

        public MethodSpec<P> build() {
            return new MethodSpec<>(
                    name, version, summary, paper, description, params, inputs, outputs, isShort, examples);
        }
    }
}
