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
