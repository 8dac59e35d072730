package dev.steelyard.cli.client;

/** The gateway refused a call and said why. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.oneLine());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
