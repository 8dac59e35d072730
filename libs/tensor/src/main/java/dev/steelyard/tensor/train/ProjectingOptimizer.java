package dev.steelyard.tensor.train;

import java.util.Map;

/** An optimizer that projects updates and tells where. */
public interface ProjectingOptimizer extends Optimizer {

    /** What the last step did, by name, for each parameter of two dimensions or more that it moved. */
    Map<String, ProjectionView> lastProjections();
}
